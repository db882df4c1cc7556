package rows

import (
	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/tcpmib"
)

// The colors of states: waiting for work, working, and coming or going. The words say the same.
var (
	listening = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	working   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	passing   = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

func stateStyle(s tcpmib.State) lipgloss.Style {
	switch s {
	case tcpmib.StateListen:
		return listening
	case tcpmib.StateEstab:
		return working
	}
	return passing
}
