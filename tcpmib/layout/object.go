package layout

import (
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// object is a compiled probe.
type object struct {
	file    *pe.File
	goarch  string
	symbols map[string]*pe.Symbol
}

var machines = map[uint16]string{
	pe.IMAGE_FILE_MACHINE_AMD64: "amd64",
	pe.IMAGE_FILE_MACHINE_I386:  "386",
	pe.IMAGE_FILE_MACHINE_ARM64: "arm64",
}

func openObject(path string) (*object, error) {
	f, err := pe.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the compiler made no Windows object file; it needs a Windows target: %w", err)
	}
	o := &object{file: f, goarch: machines[f.Machine], symbols: map[string]*pe.Symbol{}}
	if o.goarch == "" {
		f.Close()
		return nil, fmt.Errorf("the compiler made an object file for machine %#x; Go has Windows for amd64, 386 and arm64", f.Machine)
	}
	for _, s := range f.Symbols {
		name := s.Name
		if o.goarch == "386" { // C names have an underscore in front there
			name = strings.TrimPrefix(name, "_")
		}
		if s.SectionNumber > 0 && strings.HasPrefix(name, "layout_") {
			o.symbols[name] = s
		}
	}
	return o, nil
}

func (o *object) close() { o.file.Close() }

// array reads an array of the probe: the magic number and n more.
func (o *object) array(name string, n int) ([]int64, error) {
	s := o.symbols[name]
	if s == nil {
		return nil, fmt.Errorf("the object file has no symbol %s", name)
	}
	if int(s.SectionNumber) > len(o.file.Sections) {
		return nil, fmt.Errorf("symbol %s is in section %d of %d", name, s.SectionNumber, len(o.file.Sections))
	}
	b := make([]byte, 8*(n+1))
	if _, err := o.file.Sections[s.SectionNumber-1].ReadAt(b, int64(s.Value)); err != nil {
		return nil, fmt.Errorf("symbol %s: %w", name, err)
	}
	numbers := make([]int64, n+1)
	for i := range numbers {
		numbers[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	if numbers[0] != magic {
		return nil, fmt.Errorf("symbol %s does not start with the probe's magic number", name)
	}
	return numbers[1:], nil
}

// declarations reads the debug information into h. functions are the functions whose types are
// those of the probe's variables.
func (o *object) declarations(h *Headers, functions map[string]string) error {
	if o.file.Section(".debug_info") == nil {
		return errors.New("the compiler wrote no DWARF debug information: use gcc or clang (LLVM's clang reads the headers of Visual Studio, too)")
	}
	d, err := o.file.DWARF()
	if err == nil {
		err = h.readDeclarations(d, functions)
	}
	if err != nil {
		return fmt.Errorf("debug information: %w", err)
	}
	return nil
}
