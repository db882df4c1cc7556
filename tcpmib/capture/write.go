package capture

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Write asks src the Queries and writes the answers to w as a capture; a nil src is this machine,
// about which empty Time, WindowsVersion and GOARCH of info are filled in.
//
// A function that fails is recorded as failing. If none of them works, or if an answer or info is
// past the limits, that is Write's error, and what it wrote is not a capture.
func Write(w io.Writer, src tcpmib.Source, info Info) error {
	if src == nil {
		src, info = tcpmib.Live(), thisMachine(info)
	}
	m := manifest{formatName, Version, info.Time, info.WindowsVersion, info.GOARCH, info.Processes, info.Owners, nil}
	z := zip.NewWriter(w)
	var buf mib.Buffer
	var total int64
	var failures []error
	queries := queries()
	for _, q := range queries {
		a := manifestAnswer{Func: q.Func, Family: q.Family, Class: q.Class}
		table, code, err := mib.Fetch(&buf, q, MaxEntryBytes, func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
		switch {
		case err != nil: // no fact about the machine
			return fmt.Errorf("capture: %w", err)
		case code == tcpmib.CodeSuccess:
			a.Entry, a.Bytes = entryName(q), int64(len(table))
			if total += a.Bytes; total > MaxBytes {
				return fmt.Errorf("capture: %w: the answers up to %s take %d bytes, the limit is %d",
					tcpmib.ErrTooLarge, q.Func, total, MaxBytes)
			}
			if err := writeEntry(z, a.Entry, info.Time, table); err != nil {
				return err
			}
		default:
			a.Code = code
			if code != tcpmib.CodeNoData { // that there is nothing is an answer
				failures = append(failures, q.Err(code))
			}
		}
		m.Answers = append(m.Answers, a)
	}
	if len(failures) == len(queries) {
		return fmt.Errorf("capture: %w", errors.Join(failures...))
	}
	text, err := encodeManifest(m)
	if err != nil {
		return fmt.Errorf("capture: entry %q: %w", manifestEntry, err)
	}
	if err := writeEntry(z, manifestEntry, info.Time, text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	return nil
}

func thisMachine(info Info) Info {
	if info.Time.IsZero() {
		info.Time = time.Now()
	}
	if info.WindowsVersion == "" {
		info.WindowsVersion = windowsVersion()
	}
	if info.GOARCH == "" {
		info.GOARCH = runtime.GOARCH
	}
	return info
}

// entryName is such as "GetTcpTable2.bin" or "GetExtendedTcpTable-23-5.bin", with family and class.
func entryName(q tcpmib.Query) string {
	name := q.Func
	if q.Family != 0 {
		name += "-" + strconv.FormatUint(uint64(q.Family), 10) + "-" + strconv.FormatUint(uint64(q.Class), 10)
	}
	return name + ".bin"
}

func writeEntry(z *zip.Writer, name string, modified time.Time, b []byte) error {
	e, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified.UTC()})
	if err == nil {
		_, err = e.Write(b)
	}
	if err != nil {
		return fmt.Errorf("capture: write %s: %w", name, err)
	}
	return nil
}
