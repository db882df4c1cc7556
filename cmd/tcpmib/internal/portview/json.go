package portview

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// WriteJSON writes an array with an object for each port, one a line. A port may have a million
// sockets, so they are encoded as rows are.
func WriteJSON(w io.Writer, r *Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	sockets := rows.NewObjects(r.socketColumns())
	b.WriteString("[")
	for i, v := range r.Verdicts {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "\n{\"port\":%d,\"verdict\":%q,\"protocols\":[", v.Port, v.Status())
		for i, f := range v.Findings {
			if i > 0 {
				b.WriteString(",")
			}
			if err := r.writeFinding(b, f, sockets); err != nil {
				return err
			}
		}
		b.WriteString("]}")
	}
	b.WriteString("\n]\n")
	return b.Flush()
}

func (r *Report) writeFinding(b *bufio.Writer, f portcheck.Finding, sockets *rows.Objects) error {
	text, err := cli.EncodeJSON(cli.Object{
		{Key: "protocol", Value: f.Protocol.String()},
		{Key: "verdict", Value: f.Status},
		{Key: "cause", Value: f.Cause},
		{Key: "message", Value: f.Message},
		{Key: "advice", Value: advice(f.Advice)},
	})
	if err != nil {
		return err
	}
	b.Write(bytes.TrimSuffix(text, []byte("}")))
	b.WriteString(`,"holders":[`)
	for i := range f.Holders {
		if i > 0 {
			b.WriteString(",")
		}
		if _, err := b.Write(sockets.Object(r.jsonRow(&f.Holders[i]))); err != nil {
			return err
		}
	}
	b.WriteString("]}")
	return nil
}

// advice returns what to do: sentences, each with the commands to type.
func advice(list []portcheck.Advice) []cli.Object {
	objects := []cli.Object{}
	for _, a := range list {
		objects = append(objects, cli.Object{{Key: "text", Value: a.Text}, {Key: "commands", Value: append([]string{}, a.Commands...)}})
	}
	return objects
}

// socketColumns returns the keys of a socket: those that list has, and one more.
func (r *Report) socketColumns() []rows.Column {
	columns := rows.Named("protocol", "family", "localAddress", "localPort", "remoteAddress", "remotePort", "state", "stateCode",
		"pid", "process", "created", "age", "path", "services", "parent", "parentProcess", "user")
	created := rows.Column{Name: "processCreated", Text: func(dst []byte, row *rows.Row) []byte {
		if at := r.Processes[row.PID].Created; row.Process != "" && !at.IsZero() {
			return at.AppendFormat(dst, time.RFC3339Nano)
		}
		return dst
	}}
	return slices.Concat(columns, []rows.Column{created}, rows.Named("commandLine"))
}

// jsonRow returns the row of a socket with all that is known of its owner.
func (r *Report) jsonRow(h *portcheck.Holder) *rows.Row {
	row := &rows.Row{Socket: rows.Socket{Conn: h.Conn, Protocol: h.Protocol}, Process: h.Process}
	row.SetCreated(h.Created, r.At)
	if p, known := r.process(*h); known {
		details, parent := r.Details[h.PID], p.Parent
		row.Services = r.Services[h.PID]
		row.Owner = &rows.Owner{Path: details.Path, User: details.User, CommandLine: details.CommandLine, Parent: parent}
		if process, ok := r.parent(p); ok {
			row.Owner.ParentProcess = process.Name
		}
	}
	return row
}
