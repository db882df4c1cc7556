package main

import (
	"fmt"
	"time"
)

// progress says on a terminal what takes more than a second, and returns the
// function that takes it back.
func (a *app) progress(what string) (done func()) {
	if !isTerminal(a.stderr) {
		return func() {}
	}
	said := make(chan bool, 1)
	timer := time.AfterFunc(time.Second, func() {
		fmt.Fprintf(a.stderr, "\rtcpmib: %s ...", what)
		said <- true
	})
	return func() {
		if !timer.Stop() {
			<-said
			fmt.Fprintf(a.stderr, "\r%s\r", spaces(len("tcpmib:  ...")+len(what)))
		}
	}
}
