package synthetic

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	iphlpapi     = windows.NewLazyDLL("iphlpapi.dll")
	procScenario = iphlpapi.NewProc("winmib_scenario")
	procBaseline = iphlpapi.NewProc("winmib_baseline")
)

// Main is for TestMain: it runs the tests if the synthetic DLL is there. If it
// should be (WINMIB_SYNTHETIC=1) and is not, that is a failure.
func Main(m *testing.M) (exitCode int) {
	err := procScenario.Find()
	switch {
	case err == nil:
		return m.Run()
	case os.Getenv("WINMIB_SYNTHETIC") == "1":
		fmt.Println("FAIL: this is not the synthetic iphlpapi.dll:", err)
		return 1
	default:
		fmt.Println("SKIP: these tests need the synthetic iphlpapi.dll, which ./build.sh test brings")
		return 0
	}
}

// Scenario starts a scenario, words such as "rows=1000" and "codes6=50", from its
// first call. The test's end ends it.
func Scenario(t testing.TB, words ...string) {
	t.Helper()
	if err := Start(words...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Start() })
}

// Start is Scenario without a test.
func Start(words ...string) error {
	text := strings.Join(words, " ")
	p, err := windows.BytePtrFromString(text)
	if err != nil {
		return err
	}
	if ok, _, _ := procScenario.Call(uintptr(unsafe.Pointer(p))); ok == 0 {
		return fmt.Errorf("the synthetic iphlpapi.dll does not understand %q", text)
	}
	return nil
}

// Log is a file for the scenario's word "log=": Calls reads it.
type Log string

// NewLog returns the name of a file that goes when the test ends. (Wine 8 cannot
// empty the folder of testing's TempDir.)
func NewLog(t testing.TB) Log {
	f, err := os.CreateTemp("", "calls")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	t.Cleanup(func() { os.Remove(f.Name()) })
	return Log(f.Name())
}

// Word is the scenario's word that has calls logged.
func (l Log) Word() string { return "log=" + string(l) }

// Calls returns the logged lines, one for each call: the function, its arguments
// and its outcome.
func (l Log) Calls(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(string(l))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// Baseline has C read the IPv4 (4) or IPv6 (6) table n times, with a buffer that it
// keeps, and returns how many rows it saw. It is for one goroutine at a time.
func Baseline(family, n int) (rows int) {
	r, _, _ := procBaseline.Call(uintptr(family), uintptr(n))
	return int(r)
}
