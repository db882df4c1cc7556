//go:build windows

package bench

import (
	_ "github.com/cakturk/go-netstat/netstat"
	_ "github.com/shirou/gopsutil/v4/net"
	_ "github.com/winmib/winmib/tcpmib"
	_ "tailscale.com/net/netstat"
)
