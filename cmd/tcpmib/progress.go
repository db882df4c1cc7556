package main

import (
	"fmt"
	"io"
	"time"
)

// progress says on a terminal what takes more than a second, and returns the
// function that takes it back.
func (a *app) progress(what string) (done func()) {
	if !isTerminal(a.stderr) {
		return func() {}
	}
	return startProgress(a.stderr, what)
}

func startProgress(w io.Writer, what string) (done func()) {
	text := "tcpmib: " + what + " ..."
	said := make(chan bool, 1)
	timer := time.AfterFunc(time.Second, func() {
		fmt.Fprint(w, "\r"+text)
		said <- true
	})
	return func() {
		if !timer.Stop() {
			<-said
			fmt.Fprint(w, "\r"+spaces(len(text))+"\r")
		}
	}
}
