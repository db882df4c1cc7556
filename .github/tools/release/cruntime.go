package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// cPart is a part of the C runtime that a compiler links into a program with cgo.
type cPart struct {
	name, version string
	licence       string // an SPDX expression
	text          string // what THIRD_PARTY.txt says
}

//go:embed licences/ZPL-2.1.txt
var zpl string

// The exceptions allow programs to hold these parts without their licences' terms.
const (
	gccText = `Licensed under the GNU General Public License, version 3 or later, with the GCC Runtime Library Exception,
version 3.1, which lets a program that GCC compiled hold it under that program's own terms:
https://www.gnu.org/licenses/gcc-exception-3.1.html
`
	llvmText = `Licensed under the Apache License, version 2.0, with LLVM Exceptions, which let a program hold it in object form
without the conditions of section 4: https://llvm.org/LICENSE.txt
`
)

// compilers are those of build.sh, by GOARCH. CC_386, CC_amd64 and CC_arm64 name others.
var compilers = map[string]string{
	"amd64": "x86_64-w64-mingw32-gcc", "386": "i686-w64-mingw32-gcc", "arm64": "aarch64-w64-mingw32-clang",
}

// cParts asks the compiler of an architecture what it links: the MinGW-w64 runtime, which starts the
// program and has what Windows' C library lacks, and the compiler's own library. No thread library is
// among it: cgo starts threads with Windows' functions.
func cParts(arch string) ([]cPart, error) {
	compiler := compilers[arch]
	if other := os.Getenv("CC_" + arch); other != "" {
		compiler = other
	}
	words := strings.Fields(compiler)
	if len(words) == 0 {
		return nil, fmt.Errorf("no C compiler for %s", arch)
	}
	cmd := exec.Command(words[0], append(words[1:], "-E", "-P", "-x", "c", "-")...)
	cmd.Stdin = strings.NewReader(`#include <_mingw.h>
runtime __MINGW64_VERSION_STR
#ifdef __clang__
clang __clang_major__ . __clang_minor__ . __clang_patchlevel__
#else
gcc __GNUC__ . __GNUC_MINOR__ . __GNUC_PATCHLEVEL__
#endif
`)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("which C runtime %s links: %w", compiler, err)
	}
	return parseParts(string(out))
}

// parseParts reads what the preprocessor made of the text in cParts. Headers stand before it.
func parseParts(out string) ([]cPart, error) {
	var parts []cPart
	for line := range strings.Lines(out) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		version = strings.NewReplacer(" ", "", `"`, "").Replace(version)
		switch name {
		case "runtime":
			parts = append(parts, cPart{"mingw-w64-runtime", version, "ZPL-2.1", zpl})
		case "gcc":
			parts = append(parts, cPart{"libgcc", version, "GPL-3.0-or-later WITH GCC-exception-3.1", gccText})
		case "clang":
			parts = append(parts, cPart{"compiler-rt", version, "Apache-2.0 WITH LLVM-exception", llvmText})
		}
	}
	if len(parts) != 2 || slices.ContainsFunc(parts, func(p cPart) bool { return p.version == "" || strings.Trim(p.version, "0123456789.") != "" }) {
		return nil, fmt.Errorf("the C compiler says nothing of its runtime: %.200q", out)
	}
	return parts, nil
}

// addParts adds the parts to an SBOM in the JSON of CycloneDX: as components, on which the program
// depends.
func addParts(sbom []byte, parts []cPart) ([]byte, error) {
	var bom map[string]any
	if err := json.Unmarshal(sbom, &bom); err != nil {
		return nil, err
	}
	var program struct {
		Metadata struct {
			Component struct {
				Ref string `json:"bom-ref"`
			} `json:"component"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(sbom, &program); err != nil {
		return nil, err
	}
	components, _ := bom["components"].([]any)
	if err := licensed(components); err != nil {
		return nil, err
	}
	dependencies, _ := bom["dependencies"].([]any)
	var refs []any
	for _, p := range parts {
		ref := "c-runtime:" + p.name + "@" + p.version
		refs = append(refs, ref)
		components = append(components, map[string]any{
			"bom-ref": ref, "type": "library", "name": p.name, "version": p.version, "scope": "required",
			"licenses": []any{map[string]any{"expression": p.licence}},
		})
		dependencies = append(dependencies, map[string]any{"ref": ref})
	}
	found := false
	for _, d := range dependencies {
		if d, ok := d.(map[string]any); ok && d["ref"] == program.Metadata.Component.Ref {
			on, _ := d["dependsOn"].([]any)
			d["dependsOn"] = append(on, refs...)
			found = true
		}
	}
	if !found {
		dependencies = append(dependencies, map[string]any{"ref": program.Metadata.Component.Ref, "dependsOn": refs})
	}
	bom["components"], bom["dependencies"] = components, dependencies
	text, err := json.MarshalIndent(bom, "", "  ")
	return append(text, '\n'), err
}

// licensed gives Go's standard library its licence, which is in no module, and reports the first
// component without one.
func licensed(components []any) error {
	for _, c := range components {
		c, _ := c.(map[string]any)
		evidence, _ := c["evidence"].(map[string]any)
		switch {
		case c["licenses"] != nil || evidence["licenses"] != nil:
		case c["name"] == "std":
			c["licenses"] = []any{map[string]any{"license": map[string]any{"id": "BSD-3-Clause"}}}
		default:
			return fmt.Errorf("no licence was found of %v %v: is it in the module cache?", c["name"], c["version"])
		}
	}
	return nil
}
