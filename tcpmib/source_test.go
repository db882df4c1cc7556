package tcpmib_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
)

// The numbers of Source have one definition: no other file of the module declares an address family
// or writes one of the codes that ask for another call. Tests may, to prove the numbers.
func TestSourceNumbersHaveOneDefinition(t *testing.T) {
	var read, defined int
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && path != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		read++
		retyped := retypedNumbers(file)
		if strings.HasPrefix(path, filepath.Join("..", "tcpmib", "internal", "mib")) {
			defined += len(retyped)
			return nil
		}
		assert.Empty(t, retyped, path)
		return nil
	}))
	assert.Greater(t, read, 50)
	assert.Equal(t, 4, defined, "AFInet, AFInet6, CodeInsufficientBuffer and CodeUnsuccessful, in internal/mib")
}

// retypedNumbers returns the declarations of address families and the codes as literals in a file.
func retypedNumbers(file *ast.File) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if !strings.HasPrefix(strings.ReplaceAll(strings.ToLower(name.Name), "_", ""), "afinet") || i >= len(n.Values) {
					continue
				}
				if _, other := n.Values[i].(*ast.SelectorExpr); !other {
					found = append(found, name.Name)
				}
			}
		case *ast.BasicLit:
			value, err := strconv.ParseUint(n.Value, 0, 32)
			if err == nil && (value == tcpmib.CodeInsufficientBuffer || value == tcpmib.CodeUnsuccessful) {
				found = append(found, n.Value)
			}
		}
		return true
	})
	return found
}

// This machine does not answer what it does not know, and writes nothing.
func TestLiveUnknownQuery(t *testing.T) {
	buf := []byte{1, 2, 3, 4}
	size, code := tcpmib.Live().Ask(tcpmib.Query{Func: "GetIfTable"}, buf)
	assert.Zero(t, size)
	assert.NotZero(t, code)
	assert.Equal(t, []byte{1, 2, 3, 4}, buf)
}

// A function that fills a struct is not called with a buffer that has no room for it.
func TestBuffersOfStructs(t *testing.T) {
	for function, want := range map[string]uint32{
		"GetTcpStatistics": native.SizeofTCPStats, "GetTcpStatisticsEx": native.SizeofTCPStats, "GetTcpStatisticsEx2": native.SizeofTCPStats2,
		"GetUdpStatistics": native.SizeofUDPStats, "GetUdpStatisticsEx": native.SizeofUDPStats, "GetUdpStatisticsEx2": native.SizeofUDPStats2,
	} {
		q := tcpmib.Query{Func: function, Family: tcpmib.AFInet}
		size, code := tcpmib.Live().Ask(q, make([]byte, want-1))
		assert.Equal(t, want, size, function)
		assert.EqualValues(t, tcpmib.CodeInsufficientBuffer, code, function)
		size, code = tcpmib.Live().Ask(q, make([]byte, want))
		assert.Equal(t, want, size, function)
		assert.NotEqualValues(t, tcpmib.CodeInsufficientBuffer, code, function)
	}
}
