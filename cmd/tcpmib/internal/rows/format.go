package rows

// Format is a named format and its default columns.
type Format struct {
	Name    string
	Write   Writer
	Columns []Column
}

// Formats are the formats of list.
var Formats = []Format{
	{"table", WriteTable, TableColumns},
	{"wide", WriteTable, WideColumns},
	{"json", WriteJSON, DataColumns},
	{"jsonl", WriteJSONLines, DataColumns},
	{"csv", WriteCSV, DataColumns},
}

// MeasuredFormats are the formats of estats.
var MeasuredFormats = []Format{
	{"table", WriteTable, MeasuredColumns},
	{"json", WriteJSON, MeasuredDataColumns},
	{"jsonl", WriteJSONLines, MeasuredDataColumns},
	{"csv", WriteCSV, MeasuredDataColumns},
}

// FormatNames returns the names of formats.
func FormatNames(formats []Format) []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
	}
	return names
}

// FormatNamed returns the format with this name.
func FormatNamed(formats []Format, name string) (f Format, ok bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
