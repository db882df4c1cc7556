package rows

import (
	"fmt"
	"slices"
	"strings"
)

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

// Names returns the names of columns.
func Names(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// Named returns the columns with these names. An unknown name panics.
func Named(names ...string) []Column {
	list := make([]Column, len(names))
	for i, name := range names {
		c, err := find(name)
		if err != nil {
			panic(err) // the caller misspelled a name
		}
		list[i] = c
	}
	return list
}

// Has reports whether columns contains the one with this name.
func Has(columns []Column, name string) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name })
}

// ColumnList is the value of a flag that takes columns. It implements pflag.Value.
type ColumnList struct{ List *[]Column }

func (l ColumnList) String() string { return "" }

// Type is the name of the value in help.
func (l ColumnList) Type() string { return "columns" }

// Set appends the columns that text names, separated by commas.
func (l ColumnList) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		c, err := find(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if Has(*l.List, c.Name) { // readers of JSON and CSV reject a duplicate
			return fmt.Errorf("column %s is named twice", c.Name)
		}
		*l.List = append(*l.List, c)
	}
	return nil
}

func find(name string) (Column, error) {
	for _, c := range Columns {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
	}
	return Column{}, fmt.Errorf("unknown column %q; columns are %s", name, strings.Join(Names(Columns), ", "))
}
