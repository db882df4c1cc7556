package rows

import (
	"slices"

	"charm.land/lipgloss/v2"
)

// Column is one thing that is known about a row. Its name is its key in JSON and templates, its
// header in CSV, and its name for --columns and --sort.
type Column struct {
	Name    string
	Title   string                              // header in tables
	Number  bool                                // unquoted in JSON, aligned right in tables
	Text    func(dst []byte, r *Row) []byte     // appends the value, or nothing if there is none
	JSON    func(dst []byte, r *Row) []byte     // appends it as JSON; nil: derived from Text
	Compare func(a, b *Row) int                 // the order of --sort
	Key     func(r *Row) Key                    // the value, of columns with few different ones; or nil
	Style   func(r *Row) lipgloss.Style         // its color in tables; nil: none
	Shrink  func(text string, width int) string // shortens it on a narrow screen; nil: never shortened
}

// Key is a value of a column: a number or a name. Rows of one key are equal to Compare.
type Key struct {
	Number uint32
	Name   string
}

// appendData appends the value for programs: a number as in JSON, and nothing for null. Tables may
// show it in another way, as they do an age.
func (c *Column) appendData(dst []byte, r *Row) []byte {
	if !c.Number || c.JSON == nil {
		return c.Text(dst, r)
	}
	start := len(dst)
	if dst = c.JSON(dst, r); string(dst[start:]) == "null" {
		return dst[:start]
	}
	return dst
}

// isAddress reports whether the column shows addresses, which are cut only if nothing else helps.
func (c *Column) isAddress() bool {
	return slices.Contains([]string{"local", "localAddress", "remote", "remoteAddress"}, c.Name)
}
