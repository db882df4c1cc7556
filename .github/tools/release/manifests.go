package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

const summary = "Lists, watches and closes TCP connections"

// wingetManifests returns the three files that a pull request to microsoft/winget-pkgs needs.
// https://learn.microsoft.com/windows/package-manager/package/manifest
func wingetManifests(home, version string, programs []program) map[string]string {
	architectures := map[string]string{"amd64": "x64", "386": "x86", "arm64": "arm64"}
	head := fmt.Sprintf("PackageIdentifier: winmib.tcpmib\nPackageVersion: %s\n", version)
	kind := func(name string) string {
		return fmt.Sprintf("ManifestType: %s\nManifestVersion: 1.10.0\n", name)
	}

	var installer strings.Builder
	installer.WriteString(head)
	installer.WriteString("InstallerType: zip\n" +
		"NestedInstallerType: portable\n" +
		"NestedInstallerFiles:\n" +
		"- RelativeFilePath: tcpmib.exe\n" +
		"  PortableCommandAlias: tcpmib\n" +
		"Installers:\n")
	for _, p := range programs {
		fmt.Fprintf(&installer, "- Architecture: %s\n  InstallerUrl: %s\n  InstallerSha256: %s\n",
			architectures[p.arch], download(home, version, p.zip), strings.ToUpper(p.sha256))
	}
	installer.WriteString(kind("installer"))

	return map[string]string{
		"winmib.tcpmib.yaml": head + "DefaultLocale: en-US\n" + kind("version"),
		"winmib.tcpmib.locale.en-US.yaml": head + "PackageLocale: en-US\n" +
			"Publisher: winmib\n" +
			"PackageName: tcpmib\n" +
			"PackageUrl: " + home + "\n" +
			"License: MIT\n" +
			"LicenseUrl: " + home + "/blob/v" + version + "/LICENSE\n" +
			"ShortDescription: " + summary + "\n" +
			"Moniker: tcpmib\n" +
			"Tags:\n- cli\n- netstat\n- network\n- tcp\n" +
			"ReleaseNotesUrl: " + home + "/releases/tag/v" + version + "\n" +
			kind("defaultLocale"),
		"winmib.tcpmib.installer.yaml": installer.String(),
	}
}

// scoopManifest returns tcpmib.json, for a scoop bucket.
// https://github.com/ScoopInstaller/Scoop/wiki/App-Manifests
func scoopManifest(home, version string, programs []program) string {
	type source struct {
		URL  string `json:"url"`
		Hash string `json:"hash,omitempty"`
	}
	names := map[string]string{"amd64": "64bit", "386": "32bit", "arm64": "arm64"}
	now, later := map[string]source{}, map[string]source{}
	for _, p := range programs {
		now[names[p.arch]] = source{download(home, version, p.zip), p.sha256}
		later[names[p.arch]] = source{URL: strings.ReplaceAll(download(home, version, p.zip), version, "$version")}
	}
	manifest := struct {
		Version      string            `json:"version"`
		Description  string            `json:"description"`
		Homepage     string            `json:"homepage"`
		License      string            `json:"license"`
		Architecture map[string]source `json:"architecture"`
		Bin          string            `json:"bin"`
		CheckVer     string            `json:"checkver"`
		AutoUpdate   any               `json:"autoupdate"`
	}{
		version, summary, home, "MIT", now, "tcpmib.exe", "github",
		map[string]any{
			"architecture": later,
			"hash":         map[string]string{"url": "$baseurl/SHA256SUMS"},
		},
	}
	text, err := json.MarshalIndent(manifest, "", "    ")
	if err != nil {
		panic(err) // only strings and maps of strings
	}
	return string(text) + "\n"
}
