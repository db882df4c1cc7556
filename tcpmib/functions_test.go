package tcpmib_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// function is a row of the table of functions in README.md, which the tests below compare with the
// sources.
type function struct {
	c         string // in shim.h
	golang    string // the same in Go
	goLayer   string // what people call
	families  string
	elevation string
	windows   string // the oldest
	wine      bool   // the live test runs under Wine too
	live      string // the test on Windows
	synthetic string // the test on the synthetic iphlpapi.dll
}

var functionTable = []function{
	{"GetTcpTable", "GetTcpTable", "Reader.TCPTable", "4", "no", "2000", true, "TestLiveGetTcpTable", "TestGetTcpTable"},
	{"GetTcp6Table", "GetTcp6Table", "Reader.TCP6Table", "6", "no", "Vista", true, "TestLiveGetTcp6Table", "TestGetTcp6Table"},
	{"GetTcpTable2", "GetTcpTable2", "Conns", "4", "no", "Vista", true, "TestLiveLayersAgree", "TestOrder"},
	{"GetTcp6Table2", "GetTcp6Table2", "Conns", "6", "no", "Vista", true, "TestLiveLayersAgree", "TestOrder"},
	{"GetExtendedTcpTable", "GetExtendedTcpTable", "ReadExtendedTcpTable", "4, 6", "no", "XP SP2", true, "TestLiveGetExtendedTcpTable", "TestGetExtendedTcpTable"},
	{"GetOwnerModuleFromTcpEntry", "GetOwnerModuleFromTcpEntry", "-", "4", "for some", "XP SP2", false, "TestLiveGetOwnerModuleFromTcpEntry", "TestGetOwnerModuleFromTcpEntry"},
	{"GetOwnerModuleFromTcp6Entry", "GetOwnerModuleFromTcp6Entry", "-", "6", "for some", "XP SP2", false, "TestLiveGetOwnerModuleFromTcp6Entry", "TestGetOwnerModuleFromTcpEntry"},
	{"SetTcpEntry", "SetTcpEntry", "Close", "4", "yes", "2000", false, "TestLiveClose", "TestSetTcpEntry"},
	{"CreatePersistentTcpPortReservation", "CreatePersistentTcpPortReservation", "-", "4, 6", "yes", "Vista", false, "TestLivePersistentTcpPortReservations", "TestPersistentTcpPortReservations"},
	{"DeletePersistentTcpPortReservation", "DeletePersistentTcpPortReservation", "-", "4, 6", "yes", "Vista", false, "TestLivePersistentTcpPortReservations", "TestPersistentTcpPortReservations"},
	{"LookupPersistentTcpPortReservation", "LookupPersistentTcpPortReservation", "-", "4, 6", "no", "Vista", false, "TestLivePersistentTcpPortReservations", "TestPersistentTcpPortReservations"},
	{"GetTcpStatistics", "GetTcpStatistics", "ReadStats", "4", "no", "2000", true, "TestLiveGetTcpStatistics", "TestGetTcpStatistics"},
	{"GetTcpStatisticsEx", "GetTcpStatisticsEx", "ReadStats", "4, 6", "no", "XP", true, "TestLiveGetTcpStatistics", "TestGetTcpStatistics"},
	{"GetTcpStatisticsEx2", "GetTcpStatisticsEx2", "ReadStats", "4, 6", "no", "10 version 1709", false, "TestLiveGetTcpStatisticsEx2", "TestGetTcpStatistics"},
	{"GetPerTcpConnectionEStats", "tcpestats.GetPerTcpConnectionEStats", "tcpestats.Get", "4", "yes", "Vista", false, "TestLiveGetPerTcpConnectionEStats", "TestEStats"},
	{"GetPerTcp6ConnectionEStats", "tcpestats.GetPerTcp6ConnectionEStats", "tcpestats.Get", "6", "yes", "Vista", false, "TestLiveGetPerTcp6ConnectionEStats", "TestEStats"},
	{"SetPerTcpConnectionEStats", "tcpestats.SetPerTcpConnectionEStats", "tcpestats.Enable", "4", "yes", "Vista", false, "TestLiveGetPerTcpConnectionEStats", "TestEStats"},
	{"SetPerTcp6ConnectionEStats", "tcpestats.SetPerTcp6ConnectionEStats", "tcpestats.Enable", "6", "yes", "Vista", false, "TestLiveGetPerTcp6ConnectionEStats", "TestEStats"},
	{"GetUdpTable", "udpmib.GetUdpTable", "udpmib.Endpoints", "4", "no", "2000", true, "TestLiveUDPTables", "TestUDPTables"},
	{"GetUdp6Table", "udpmib.GetUdp6Table", "udpmib.Endpoints", "6", "no", "Vista", true, "TestLiveUDPTables", "TestUDPTables"},
	{"GetExtendedUdpTable", "udpmib.GetExtendedUdpTable", "udpmib.Endpoints", "4, 6", "no", "XP SP2", true, "TestLiveUDPTables", "TestUDPTables"},
	{"GetOwnerModuleFromUdpEntry", "udpmib.GetOwnerModuleFromUdpEntry", "-", "4", "for some", "XP SP2", false, "TestLiveGetOwnerModuleFromUdpEntry", "TestGetOwnerModuleFromUdpEntry"},
	{"GetOwnerModuleFromUdp6Entry", "udpmib.GetOwnerModuleFromUdp6Entry", "-", "6", "for some", "XP SP2", false, "TestLiveGetOwnerModuleFromUdpEntry", "TestGetOwnerModuleFromUdpEntry"},
	{"GetUdpStatistics", "udpmib.GetUdpStatistics", "-", "4", "no", "2000", true, "TestLiveGetUdpStatistics", "TestGetUdpStatistics"},
	{"GetUdpStatisticsEx", "udpmib.GetUdpStatisticsEx", "-", "4, 6", "no", "XP", true, "TestLiveGetUdpStatistics", "TestGetUdpStatistics"},
	{"GetUdpStatisticsEx2", "udpmib.GetUdpStatisticsEx2", "-", "4, 6", "no", "10 version 1709", false, "TestLiveGetUdpStatisticsEx2", "TestGetUdpStatistics"},
	{"CreatePersistentUdpPortReservation", "udpmib.CreatePersistentUdpPortReservation", "-", "4, 6", "yes", "Vista", false, "TestLivePersistentUdpPortReservations", "TestPersistentUdpPortReservations"},
	{"DeletePersistentUdpPortReservation", "udpmib.DeletePersistentUdpPortReservation", "-", "4, 6", "yes", "Vista", false, "TestLivePersistentUdpPortReservations", "TestPersistentUdpPortReservations"},
	{"LookupPersistentUdpPortReservation", "udpmib.LookupPersistentUdpPortReservation", "-", "4, 6", "no", "Vista", false, "TestLivePersistentUdpPortReservations", "TestPersistentUdpPortReservations"},
}

func (f function) provenBy() string {
	if f.wine {
		return "Wine, synthetic, windows-latest"
	}
	return "synthetic, windows-latest"
}

const readmeHeader = "| C function | Go | Go layer | IP | elevation | since Windows | proven by | tests |\n|---|---|---|---|---|---|---|---|\n"

func readmeTable() string {
	var out strings.Builder
	out.WriteString(readmeHeader)
	for _, f := range functionTable {
		layer := "`" + f.goLayer + "`"
		if f.goLayer == "-" {
			layer = "-"
		}
		out.WriteString("| `" + f.c + "` | `" + f.golang + "` | " + layer + " | " + f.families + " | " + f.elevation + " | " +
			f.windows + " | " + f.provenBy() + " | `" + f.synthetic + "`, `" + f.live + "` |\n")
	}
	return out.String()
}

func TestTableOfFunctionsIsDocumented(t *testing.T) {
	assert.Contains(t, text(t, "README.md"), readmeTable(), "README.md lacks this table:\n%s", readmeTable())
}

// undocumented matches the functions of the shim that are not in any header, and not in the table.
var undocumented = regexp.MustCompile(`^InternalGetBound`)

func TestTableOfFunctionsIsThatOfTheShim(t *testing.T) {
	var want, got []string
	for _, m := range regexp.MustCompile(`winmib_(\w+)\(`).FindAllStringSubmatch(text(t, "../native/shim.h"), -1) {
		if !undocumented.MatchString(m[1]) {
			want = append(want, m[1])
		}
	}
	for _, f := range functionTable {
		got = append(got, f.c)
	}
	assert.NotEmpty(t, want)
	assert.Empty(t, cmp.Diff(want, got))
}

// The Go names are exported, and their documentation agrees on elevation and Windows with the
// table says.
func TestTableOfFunctionsIsThatOfThePackages(t *testing.T) {
	exported := maps.Clone(declarations(t, ".", false))
	for _, below := range []string{"tcpestats", "udpmib"} {
		for name, node := range declarations(t, below, false) {
			exported[below+"."+name] = node
		}
	}
	elevation := map[string]string{"no": "Needs no elevation.", "yes": "Needs elevation.", "for some": "Needs elevation for "}
	for _, f := range functionTable {
		assert.True(t, f.goLayer == "-" || exported[f.goLayer] != nil, "%s is not exported", f.goLayer)
		declared, ok := exported[f.golang].(*ast.FuncDecl)
		require.True(t, ok, "%s is not an exported function", f.golang)
		doc := strings.Join(strings.Fields(declared.Doc.Text()), " ")
		assert.Contains(t, doc, elevation[f.elevation], f.golang)
		assert.Regexp(t, `Windows `+f.windows+`[.;]`, doc, f.golang)
		assert.Contains(t, doc, "https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-"+strings.ToLower(f.c), f.golang)
	}
}

// The tests exist and come to the function, and those that are said to prove something under Wine
// are not skipped there.
func TestTableOfFunctionsIsThatOfTheTests(t *testing.T) {
	live, synthetic := declarations(t, ".", true), declarations(t, "internal/synthetic", true)
	for _, f := range functionTable {
		names := []string{afterDot(f.golang), afterDot(f.goLayer)}
		for test, all := range map[string]map[string]ast.Node{f.live: live, f.synthetic: synthetic} {
			require.NotNil(t, all[test], "%s: there is no %s", f.c, test)
			reached := reach(all, test)
			assert.True(t, slices.ContainsFunc(names, func(n string) bool { return reached[n] }), "%s calls none of %v", test, names)
		}
		assert.Equal(t, f.wine, !reach(live, f.live)["onlyWindows"], "%s: under Wine", f.live)
	}
}

// The documentation of every exported function, method and type begins with its name.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, dir := range []string{".", "tcpestats", "udpmib", "owner", "capture"} {
		for name, node := range declarations(t, dir, false) {
			receiver, method, isMethod := strings.Cut(name, ".")
			if !ast.IsExported(receiver) || isMethod && !ast.IsExported(method) {
				continue
			}
			switch node := node.(type) {
			case *ast.FuncDecl:
				assert.True(t, strings.HasPrefix(node.Doc.Text(), afterDot(name)+" "), "%s: %s: %q", dir, name, node.Doc.Text())
			case *ast.TypeSpec:
				assert.True(t, strings.HasPrefix(node.Doc.Text(), name+" "), "%s: %s: %q", dir, name, node.Doc.Text())
			}
		}
	}
}

// The documentation of a type of the header layer says what it is in C.
func TestHeaderTypesSayWhatTheyAre(t *testing.T) {
	n := 0
	types := declarations(t, ".", false)
	maps.Copy(types, declarations(t, "udpmib", false))
	for name, node := range types {
		spec, ok := node.(*ast.TypeSpec)
		if !ok {
			continue
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok || s.Fields.NumFields() == 0 || s.Fields.List[0].Tag == nil {
			continue
		}
		tag := regexp.MustCompile(`c:"(\w+)"`).FindStringSubmatch(s.Fields.List[0].Tag.Value)
		if tag == nil {
			continue
		}
		n++
		assert.Regexp(t, `^`+name+` is `+tag[1]+`\b`, spec.Doc.Text())
	}
	assert.Greater(t, n, 30)
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(name))
	require.NoError(t, err)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// declarations are those of the package in a folder, whatever system its files are for: functions,
// methods as "Reader.Stats", types and values.
func declarations(t *testing.T, dir string, tests bool) map[string]ast.Node {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	all := map[string]ast.Node{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				all[receiver(d)+d.Name.Name] = d
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Doc == nil {
							s.Doc = d.Doc
						}
						all[s.Name.Name] = s
					case *ast.ValueSpec:
						if s.Doc == nil && !d.Lparen.IsValid() {
							s.Doc = d.Doc
						}
						for _, n := range s.Names {
							all[n.Name] = s
						}
					}
				}
			}
		}
	}
	require.NotEmpty(t, all, dir)
	return all
}

func receiver(d *ast.FuncDecl) (prefix string) {
	if d.Recv == nil {
		return ""
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name + "."
	}
	return "?."
}

// reach returns the names that a declaration uses, and those that they use.
func reach(all map[string]ast.Node, from string) map[string]bool {
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		if node := all[name]; node != nil {
			ast.Inspect(node, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					visit(id.Name)
				}
				return true
			})
		}
	}
	visit(from)
	return reached
}

func afterDot(name string) string { return name[strings.LastIndex(name, ".")+1:] }
