package main

import (
	"archive/zip"
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// zipTime is the oldest time that a zip can hold: the same in each archive, and valid where zero is not.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// relativeLink matches the start of a Markdown link to a file: not an address, not a heading of the page.
var relativeLink = regexp.MustCompile(`\]\(([^#:)]+[#)])`)

// zipProgram returns a zip whose bytes depend only on the contents. The links of its README go to the
// files at url, the folder of the README in the repository.
func zipProgram(root, url string, p program, notices []byte) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, file := range []struct{ name, path string }{
		{"tcpmib.exe", p.exe},
		{"README.md", filepath.Join(root, "cmd", "tcpmib", "README.md")},
		{"CHANGELOG.md", filepath.Join(root, "CHANGELOG.md")},
		{"LICENSE.txt", filepath.Join(root, "LICENSE")},
	} {
		content, err := os.ReadFile(file.path)
		if err != nil {
			return nil, err
		}
		if file.name == "README.md" {
			content = relativeLink.ReplaceAll(content, []byte("]("+url+"/${1}"))
		}
		if err := addFile(w, file.name, content); err != nil {
			return nil, err
		}
	}
	if err := addFile(w, "THIRD_PARTY.txt", notices); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}

func addFile(w *zip.Writer, name string, content []byte) error {
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime})
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return err
}

// thirdPartyNotices returns the licences of Go, of every module in the program and of the C runtime that
// is linked into it: most of them ask that their text comes with it.
func thirdPartyNotices(root string, info *buildinfo.BuildInfo, parts []cPart) ([]byte, error) {
	goroot, err := goOutput(root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	goLicence, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if err != nil {
		return nil, err
	}
	var notices bytes.Buffer
	fmt.Fprintf(&notices, "The Go standard library and runtime, %s\n\n%s\n", info.GoVersion, goLicence)
	for _, module := range info.Deps {
		dir, err := goOutput(root, "list", "-m", "-f", "{{.Dir}}", module.Path)
		if err != nil {
			return nil, err
		}
		licences, err := filepath.Glob(filepath.Join(dir, "LICEN[CS]E*"))
		if err != nil {
			return nil, err
		}
		if len(licences) == 0 {
			return nil, fmt.Errorf("%s %s has no LICENSE file: add its terms by hand", module.Path, module.Version)
		}
		for _, licence := range licences {
			text, err := os.ReadFile(licence)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&notices, "\n---\n\n%s %s\n\n%s\n", module.Path, module.Version, text)
		}
	}
	for _, p := range parts {
		fmt.Fprintf(&notices, "\n---\n\n%s %s (%s)\n\n%s\n", p.name, p.version, p.licence, p.text)
	}
	return notices.Bytes(), nil
}

// goOutput runs the go command in a folder.
func goOutput(root string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// writeSBOM lists the program's modules and its C runtime as CycloneDX, with their licences, and without
// the time and serial number that would make two runs differ.
func writeSBOM(p program, tag string, parts []cPart, path string) error {
	sbom := exec.Command("go", "tool", "cyclonedx-gomod", "bin", "-json", "-std", "-licenses", "-noserial", "-notimestamp",
		"-version", tag, "-output", path, p.exe)
	// The modules are in the cache, checked by go.sum when the program was built. Without this, go asks
	// the checksum database about them, and without a network the licences are left out.
	sbom.Env = append(os.Environ(), "GOSUMDB=off")
	if out, err := sbom.CombinedOutput(); err != nil {
		return fmt.Errorf("cyclonedx-gomod %s: %w\n%s", p.exe, err, out)
	}
	made, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole, err := addParts(made, parts)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, whole, 0o644)
}
