package screen

import tea "charm.land/bubbletea/v2"

// captured reports whether the screen shows captures.
func (s *Model) captured() bool { return s.world.Captures != nil }

func (s *Model) atEnd() bool { return s.capture == len(s.world.Captures)-1 }

// step shows the next capture, or the one before, and stops playing.
func (s *Model) step(by int) tea.Cmd {
	switch {
	case !s.captured():
		s.say("left and right step through captures, and this is a live machine")
		return nil
	case s.capture+by < 0:
		s.say("this is the first capture")
		return nil
	case s.capture+by >= len(s.world.Captures):
		s.say("this is the last capture")
		return nil
	}
	s.capture += by
	s.paused = true
	return s.look()
}

func (s *Model) togglePause() tea.Cmd {
	if s.captured() && s.atEnd() {
		s.say("this is the last capture: left goes back")
		return nil
	}
	s.paused = !s.paused
	return nil
}
