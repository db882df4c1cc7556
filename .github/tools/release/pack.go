package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// program is one built tcpmib.exe and what the release calls it.
type program struct {
	arch   string // GOARCH
	exe    string // its path
	zip    string // the archive's name
	sha256 string // of the archive
}

// pack makes the archives, SBOMs, package manifests, release notes and checksums.
func pack(root, tag, programs, files string) error {
	if err := checkTag(root, tag); err != nil {
		return err
	}
	version := strings.TrimPrefix(tag, "v")
	if err := os.MkdirAll(files, 0o755); err != nil {
		return err
	}
	var made []program
	var module string
	for _, arch := range []string{"amd64", "386", "arm64"} {
		p := program{
			arch: arch,
			exe:  filepath.Join(programs, "tcpmib-"+arch+".exe"),
			zip:  fmt.Sprintf("tcpmib_%s_windows_%s.zip", version, arch),
		}
		info, err := checkProgram(p, tag)
		if err != nil {
			return err
		}
		module = info.Main.Path
		parts, err := cParts(arch)
		if err != nil {
			return err
		}
		notices, err := thirdPartyNotices(root, info, parts)
		if err != nil {
			return err
		}
		archive, err := zipProgram(root, "https://"+module+"/blob/"+tag+"/cmd/tcpmib", p, notices)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(archive)
		p.sha256 = hex.EncodeToString(sum[:])
		if err := os.WriteFile(filepath.Join(files, p.zip), archive, 0o644); err != nil {
			return err
		}
		sbom := strings.TrimSuffix(p.zip, ".zip") + ".cdx.json"
		if err := writeSBOM(p, tag, parts, filepath.Join(files, sbom)); err != nil {
			return err
		}
		made = append(made, p)
	}
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	_, notes, err := latestChanges(string(changelog))
	if err != nil {
		return err
	}
	home := "https://" + module
	texts := wingetManifests(home, version, made)
	texts["tcpmib.json"] = scoopManifest(home, version, made)
	texts["RELEASE_NOTES.md"] = notes
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(files, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return writeChecksums(files)
}

// checkProgram fails unless the program was built for its architecture, with the shim, from the
// clean commit of the tag.
func checkProgram(p program, tag string) (*buildinfo.BuildInfo, error) {
	info, err := buildinfo.ReadFile(p.exe)
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	for _, want := range []struct{ key, value string }{
		{"GOOS", "windows"},
		{"GOARCH", p.arch},
		{"CGO_ENABLED", "1"},
		{"-trimpath", "true"},
		{"vcs.modified", "false"},
	} {
		if settings[want.key] != want.value {
			return nil, fmt.Errorf("%s: built with %s=%q, want %q", p.exe, want.key, settings[want.key], want.value)
		}
	}
	if info.Main.Version != tag {
		return nil, fmt.Errorf("%s: built as version %s, want %s: build at the tag, in a clean clone", p.exe, info.Main.Version, tag)
	}
	return info, nil
}

// writeChecksums writes SHA256SUMS of every other file in the folder, as sha256sum -c reads it.
func writeChecksums(files string) error {
	entries, err := os.ReadDir(files)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, entry := range entries { // sorted by name
		if entry.Name() == "SHA256SUMS" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(files, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return os.WriteFile(filepath.Join(files, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// download is where a release's file is found.
func download(home, version, file string) string {
	return home + "/" + path.Join("releases/download", "v"+version, file)
}
