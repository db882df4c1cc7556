package capture_test

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

func ExampleOpen() {
	recorded, err := capture.Open("testdata/wine-8.0.zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(recorded.Info().Time.Format(time.DateOnly), recorded.Info().GOARCH)
	r := tcpmib.Reader{Source: recorded}
	rows, err := r.TCPTable2(true)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(rows), "rows, the first", rows[0].Local(), rows[0].State)
	// Output:
	// 2026-11-23 amd64
	// 9 rows, the first 0.0.0.0:2024 LISTEN
}

// Record this machine.
func ExampleWrite() {
	f, err := os.Create("before.zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	err = capture.Write(f, nil, capture.Info{})
	if err = errors.Join(err, f.Close()); err != nil {
		fmt.Println(err)
	}
}
