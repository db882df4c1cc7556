package capture

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// windowsVersion is the real one: RtlGetVersion does not lie to programs without
// a manifest.
func windowsVersion() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
