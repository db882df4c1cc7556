package source_test

import (
	"context"
	"fmt"
	"runtime"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// What each architecture's compiler makes of a struct, on any machine: on 386 Go aligns a uint64 to 4
// bytes, where C has 8.
func ExampleParse() {
	const text = `package p

type Row struct {
	State   uint32
	Created uint64
}
`
	for _, goarch := range []string{"amd64", "386"} {
		packages, err := source.Parse("row.go", text, goarch)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, s := range packages.Structs {
			fmt.Println(goarch, s.Name, "has", s.Size, "bytes, Created at", s.Fields[1].Offset)
		}
	}
	// Output:
	// amd64 p.Row has 16 bytes, Created at 8
	// 386 p.Row has 12 bytes, Created at 4
}

// Compare the structs of a package with the Windows SDK's headers, or MinGW-w64's.
func ExampleLoad() {
	ctx := context.Background()
	packages, err := source.Load(ctx, source.Config{GOARCH: runtime.GOARCH}, "./win32")
	if err != nil {
		fmt.Println(err)
		return
	}
	target := layout.Target{CC: []string{"x86_64-w64-mingw32-gcc"}, Headers: []string{"windows.h"}}
	headers, err := layout.ReadHeaders(ctx, target, target.Headers, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	packages.Match(headers) // finds the C name of each Go struct that has no tag
	report := layout.Compare(&packages.Go, headers, layout.Rules{})
	for _, finding := range report.Findings {
		fmt.Println(finding)
	}
}
