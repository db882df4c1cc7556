package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/winmib/winmib/cmd/internal/safe"
)

// Progress shows what is being done if Err is a terminal and it takes more than a second. It
// returns a function that clears the message.
func (t *Terminal) Progress(what string) (done func()) {
	if !isTerminal(t.Err) {
		return func() {}
	}
	return startProgress(Raw(t.Err), what) // it goes back to the start of its line
}

func startProgress(w io.Writer, what string) (done func()) {
	text := "tcpmib: " + safe.Message(what) + " ..."
	shown := make(chan struct{})
	timer := time.AfterFunc(time.Second, func() {
		fmt.Fprint(w, "\r"+text)
		close(shown)
	})
	return func() {
		if !timer.Stop() {
			<-shown
			fmt.Fprint(w, "\r"+Spaces(DisplayWidth(text))+"\r")
		}
	}
}
