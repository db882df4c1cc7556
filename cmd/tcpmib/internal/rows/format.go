package rows

import (
	"bufio"
	"iter"
	"slices"
)

// Output is where a format writes, and how.
type Output struct {
	*bufio.Writer
	Columns  []Column
	Optional []Column // those that a table may drop on a narrow screen
	Header   bool     // write a header row, in formats that have one
	Color    bool
	Width    int // of the screen; 0: unlimited
}

// Writer writes rows in a format. It may iterate over them more than once.
type Writer func(out *Output, rows iter.Seq[*Row]) error

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

// Sets of columns, each the default of some formats.
var (
	TableColumns = Named("local", "remote", "state", "pid", "process", "offload")
	BothColumns  = slices.Concat(Named("protocol"), TableColumns) // with UDP sockets among them
	UDPColumns   = Named("protocol", "local", "pid", "process")
	WideColumns  = Named("protocol", "family", "local", "remote", "state", "stateCode", "pid", "process",
		"offload", "offloadCode", "created", "module", "services")
	DataColumns = Named("protocol", "family", "localAddress", "localPort", "remoteAddress", "remotePort",
		"state", "stateCode", "pid", "process", "offload", "offloadCode")
	MeasuredColumns     = append(Named("local", "remote", "pid", "process"), Measurements...)
	MeasuredDataColumns = slices.Concat(DataColumns, Measurements)
)
