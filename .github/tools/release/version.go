package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkTag fails unless tag is "v" and the version of the changelog and the resource.
func checkTag(root, tag string) error {
	version, err := agreedVersion(root)
	if err != nil {
		return err
	}
	if tag != "v"+version {
		return fmt.Errorf("the tag is %s, but CHANGELOG.md and the version resource say %s", tag, version)
	}
	return nil
}

// agreedVersion returns the version that CHANGELOG.md and the version resource agree on.
func agreedVersion(root string) (string, error) {
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	version, _, err := latestChanges(string(changelog))
	if err != nil {
		return "", err
	}
	resource, err := os.ReadFile(filepath.Join(root, "cmd", "tcpmib", "winres", "winres.json"))
	if err != nil {
		return "", err
	}
	return version, checkResource(resource, version)
}

// latestChanges returns the version of the first section of a changelog, and the section's text.
func latestChanges(changelog string) (version, notes string, err error) {
	_, rest, found := strings.Cut("\n"+changelog, "\n## ")
	if !found {
		return "", "", errors.New(`CHANGELOG.md: no section "## <version>"`)
	}
	heading, rest, _ := strings.Cut(rest, "\n")
	notes, _, _ = strings.Cut(rest, "\n## ")
	version, _, _ = strings.Cut(heading, " ") // a date may follow
	var major, minor, patch int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); n != 3 {
		return "", "", fmt.Errorf("CHANGELOG.md: the first section is %q; want a version such as 1.2.3", heading)
	}
	return version, strings.TrimSpace(notes) + "\n", nil
}

// checkResource fails unless each version in winres.json is the one given.
func checkResource(winres []byte, version string) error {
	var resources struct {
		Version map[string]map[string]struct {
			Fixed struct {
				File    string `json:"file_version"`
				Product string `json:"product_version"`
			} `json:"fixed"`
			Info map[string]struct{ FileVersion, ProductVersion string } `json:"info"`
		} `json:"RT_VERSION"`
	}
	if err := json.Unmarshal(winres, &resources); err != nil {
		return fmt.Errorf("winres.json: %w", err)
	}
	resource, ok := resources.Version["#1"]["0000"]
	if !ok {
		return errors.New("winres.json: no version resource #1")
	}
	info := resource.Info["0409"]
	for _, field := range []struct{ name, got, want string }{
		{"file_version", resource.Fixed.File, version + ".0"},
		{"product_version", resource.Fixed.Product, version + ".0"},
		{"FileVersion", info.FileVersion, version},
		{"ProductVersion", info.ProductVersion, version},
	} {
		if field.got != field.want {
			return fmt.Errorf("winres.json: %s is %q, but CHANGELOG.md is at %s: want %q, then run go generate ./cmd/tcpmib",
				field.name, field.got, version, field.want)
		}
	}
	return nil
}
