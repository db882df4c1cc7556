package portview

import (
	"bytes"
	"io"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib/owner"
)

// WriteJSON writes an array with an object for each port, one a line.
func WriteJSON(w io.Writer, r *Report) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i, v := range r.Verdicts {
		if i > 0 {
			b.WriteString(",")
		}
		text, err := cli.EncodeJSON(r.port(v))
		if err != nil {
			return err
		}
		b.WriteString("\n")
		b.Write(text)
	}
	b.WriteString("\n]\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (r *Report) port(v portcheck.Verdict) cli.Object {
	findings := []cli.Object{}
	for _, f := range v.Findings {
		sockets := []cli.Object{}
		for _, h := range f.Holders {
			sockets = append(sockets, r.holder(h))
		}
		findings = append(findings, cli.Object{
			{Key: "protocol", Value: f.Protocol.String()},
			{Key: "verdict", Value: f.Status},
			{Key: "cause", Value: f.Cause},
			{Key: "message", Value: f.Message},
			{Key: "advice", Value: advice(f.Advice)},
			{Key: "holders", Value: sockets},
		})
	}
	return cli.Object{{Key: "port", Value: v.Port}, {Key: "verdict", Value: v.Status()}, {Key: "protocols", Value: findings}}
}

// advice returns what to do: sentences, each with the commands to type.
func advice(list []portcheck.Advice) []cli.Object {
	objects := []cli.Object{}
	for _, a := range list {
		objects = append(objects, cli.Object{{Key: "text", Value: a.Text}, {Key: "commands", Value: append([]string{}, a.Commands...)}})
	}
	return objects
}

// holder returns a socket with the keys that list has, and null for what is not known.
func (r *Report) holder(h portcheck.Holder) cli.Object {
	null := func(known bool, value any) any {
		if !known {
			return nil
		}
		return value
	}
	tcp, remote := h.Protocol == rows.TCP, h.Remote.IsValid()
	p, known := r.process(h)
	parent, parentKnown := r.parent(p)
	var details owner.Details
	services := []string{}
	if known {
		details = r.Details[h.PID]
		services = append(services, r.Services[h.PID]...)
	}
	return cli.Object{
		{Key: "protocol", Value: h.Protocol.String()},
		{Key: "family", Value: h.Family()},
		{Key: "localAddress", Value: h.Local.Addr()},
		{Key: "localPort", Value: h.Local.Port()},
		{Key: "remoteAddress", Value: null(remote, h.Remote.Addr())},
		{Key: "remotePort", Value: null(remote, h.Remote.Port())},
		{Key: "state", Value: null(tcp, h.State)},
		{Key: "stateCode", Value: null(tcp, uint32(h.State))},
		{Key: "pid", Value: h.PID},
		{Key: "process", Value: h.Process},
		{Key: "created", Value: null(!h.Created.IsZero(), h.Created)},
		{Key: "age", Value: null(!h.Created.IsZero(), int64(max(r.At.Sub(h.Created), 0)/time.Second))},
		{Key: "path", Value: null(details.Path != "", details.Path)},
		{Key: "services", Value: services},
		{Key: "parent", Value: null(known && p.Parent != 0, p.Parent)},
		{Key: "parentProcess", Value: null(parentKnown, parent.Name)},
		{Key: "user", Value: null(details.User != "", details.User)},
		{Key: "processCreated", Value: null(!p.Created.IsZero(), p.Created.Format(time.RFC3339Nano))},
		{Key: "commandLine", Value: null(details.CommandLine != "", details.CommandLine)},
	}
}
