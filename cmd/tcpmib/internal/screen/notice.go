package screen

import "time"

// notice is a line above the key hints: what came of a key, until the next key, or what went wrong.
// Either goes after noticeTime; an error that lasts stays in the header, and in the log.
type notice struct {
	text  string
	alarm bool
	since time.Time // of the first tick that saw it
}

const noticeTime = 10 * time.Second

func (s *Model) say(text string)  { s.notice = notice{text: text} }
func (s *Model) warn(text string) { s.notice = notice{text: text, alarm: true} }

// ageNotice removes a notice whose time is over.
func (s *Model) ageNotice(now time.Time) {
	switch {
	case s.notice.text == "":
	case s.notice.since.IsZero():
		s.notice.since = now
	case now.Sub(s.notice.since) >= noticeTime:
		s.notice = notice{}
	}
}
