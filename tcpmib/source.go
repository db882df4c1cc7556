package tcpmib

import "github.com/winmib/winmib/native"

// Query is a question that Windows answers with a table.
type Query struct {
	Func   string // the function of iphlpapi.dll, such as "GetTcpTable2"
	Family uint32 // AF_INET (2) or AF_INET6 (23), for functions that take one; else 0
	Class  uint32 // TCP_TABLE_CLASS, for functions that take one; else 0
	Order  bool   // whether Windows is to sort the rows by local, then remote endpoint
}

// Source answers queries. The machine itself is one (a Reader's default), a
// recorded capture is another, and tests bring their own.
//
// Ask writes the answer into buf and returns what the function would: the code,
// and in size how many bytes the answer takes, or would take if it does not fit
// (ERROR_INSUFFICIENT_BUFFER, 122). It does not keep buf.
type Source interface {
	Ask(q Query, buf []byte) (size, code uint32)
}

// live is the machine that the program runs on.
type live struct{}

// The functions that answer a query, one line each.
var liveFuncs = map[string]func(buf []byte, order bool) (size, code uint32){
	"GetTcpTable2":  native.GetTcpTable2,
	"GetTcp6Table2": native.GetTcp6Table2,
}

func (live) Ask(q Query, buf []byte) (size, code uint32) {
	f, ok := liveFuncs[q.Func]
	if !ok {
		return 0, errorProcNotFound
	}
	return f(buf, q.Order)
}
