package screen

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// small is the height below which the table needs every line.
const small = 6

// The parts of the header, those first that go first on a narrow screen.
const (
	ofInterval = iota
	ofProgram
	ofConnections
	ofCaptureTime
	ofClock
	ofChanges
	ofCaptureName
	ofCaptureNumber
	ofPause
	ofTrouble
)

// The same of the line with the filter.
const (
	ofKey = iota
	ofFilter
)

// drawHead returns the header, and the filter that is in force.
func (s *Model) drawHead() []string {
	lines := []string{s.drawStatus()}
	if s.filterText != "" && s.height >= small {
		lines = append(lines, fit([]part{{cli.Title.Render("filter") + " " + cli.Printable(s.filterText), ofFilter}, {footStyle.Render("esc clears it"), ofKey}}, s.width))
	}
	return lines
}

func (s *Model) drawStatus() string {
	if s.at.IsZero() {
		return cli.Title.Render("tcpmib") + "  reading the tables ..."
	}
	parts := []part{{cli.Title.Render("tcpmib"), ofProgram}}
	if s.captured() {
		c := s.world.Captures[s.capture]
		name := cli.Printable(c.Name)
		if extra := cli.DisplayWidth(name) - s.width/3; extra > 0 {
			name = "…" + ansi.TruncateLeft(name, extra+1, "")
		}
		parts = append(parts,
			part{cli.Title.Render(name), ofCaptureName},
			part{c.Time.Local().Format("2006-01-02 15:04:05"), ofCaptureTime},
			part{fmt.Sprintf("%d of %d", s.capture+1, len(s.world.Captures)), ofCaptureNumber})
	} else {
		parts = append(parts, part{s.at.Local().Format("15:04:05"), ofClock})
	}
	parts = append(parts,
		part{s.count, ofConnections},
		part{drawCounts(s.counts), ofChanges})
	if s.trouble != "" {
		parts = append(parts, part{troubleStyle.Render("ERROR"), ofTrouble})
	}
	switch {
	case s.captured() && s.atEnd():
		parts = append(parts, part{cli.Title.Render("end"), ofPause})
	case s.paused:
		parts = append(parts, part{cli.Title.Render("PAUSED"), ofPause})
	default:
		parts = append(parts, part{fmt.Sprintf("every %v", s.interval), ofInterval})
	}
	position := s.drawPosition()
	left := fit(parts, s.width-cli.DisplayWidth(position)-2)
	return left + cli.Spaces(max(2, s.width-cli.DisplayWidth(left)-cli.DisplayWidth(position))) + position
}

// drawPosition returns which connection the cursor is on, of how many.
func (s *Model) drawPosition() string {
	number := uint32(0)
	if s.cursor < len(s.items) {
		number = s.items[s.cursor].number
	}
	return fmt.Sprintf("%d/%d", number, len(s.shown))
}

// part is a part of a line. If there is no room for all, those of least weight go first.
type part struct {
	text   string
	weight int
}

// fit joins as many parts as fit into width columns; the weightiest one always stays.
func fit(parts []part, width int) string {
	var kept []part
	for _, p := range parts {
		if p.text != "" {
			kept = append(kept, p)
		}
	}
	for {
		var texts []string
		least := 0
		for i, p := range kept {
			texts = append(texts, p.text)
			if p.weight < kept[least].weight {
				least = i
			}
		}
		line := strings.Join(texts, "  ")
		if len(kept) <= 1 || cli.DisplayWidth(line) <= width {
			return line
		}
		kept = append(kept[:least:least], kept[least+1:]...)
	}
}
