package main

import (
	"bytes"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The output prints the -allow line for what C leaves out of a table of COM methods, and that line
// works.
func TestAcceptInheritedMethods(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod": "module example.com/com\n\ngo 1.24\n",
		"com.go": `package com

type IUnknownVtbl struct{ QueryInterface, AddRef, Release uintptr }

type IShapeVtbl struct {
	IUnknownVtbl
	Draw, Move uintptr
}
`,
		"com.json": `{"set": "MinGW-w64", "goarch": "amd64", "structs": {"IShapeVtbl": {"size": 16, "align": 8, "members": {
			"Draw": {"offset": 0, "size": 8, "type": "int (void *) *"}, "Move": {"offset": 8, "size": 8, "type": "int (void *) *"}}}}}`,
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	var out, again, errs bytes.Buffer
	assert.Equal(t, exitDiffer, run(t.Context(), []string{"-record", "com.json", "."}, &out, &errs))
	line := regexp.MustCompile(`to accept it, write "(.*)" into the -allow file\n`).FindStringSubmatch(out.String())
	require.NotNil(t, line, "%s%s", &out, &errs)
	require.NoError(t, os.WriteFile("com.allow", []byte(line[1]+"\n"), 0o600))
	assert.Equal(t, exitOK, run(t.Context(), []string{"-record", "com.json", "-allow", "com.allow", "."}, &again, &errs), "%s%s", &again, &errs)
	assert.Contains(t, again.String(), "structs: 1 checked, 0 right, 0 wrong, 1 accepted; 1 not compared\n")
}
