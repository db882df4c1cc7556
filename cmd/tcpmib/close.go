package main

import "github.com/winmib/winmib/tcpmib"

func (a *app) inspect(tcpmib.Conn) []detail { return []detail{} }

func (a *app) close(c tcpmib.Conn) error { return tcpmib.Close(c) }
