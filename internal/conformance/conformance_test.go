package conformance

import (
	"github.com/winmib/winmib/tcpmib/layout"
	"testing"
)

func TestX(t *testing.T) {
	for _, cc := range []string{"x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc", "clang --target=aarch64-w64-windows-gnu -isystem /usr/share/mingw-w64/include",
		"clang --target=x86_64-w64-windows-gnu -isystem /usr/include/wine/wine/windows -isystem /usr/include/wine/wine/msvcrt",
		"clang --target=i686-pc-windows-msvc -nostdlibinc -isystem /usr/include/wine/wine/windows -isystem /usr/include/wine/wine/msvcrt",
	} {
		w, _ := layout.SplitCommand(cc)
		r, err := layout.Run(t.Context(), Spec(), layout.Target{CC: w})
		if err != nil {
			t.Error(err)
			continue
		}
		t.Log(r.Name(), r.DebugInfo, r.Unseen, len(r.Omitted), "\n"+r.String())
	}
}
