//go:build windows
package bench
import (
_ "github.com/cakturk/go-netstat/netstat"
_ "github.com/shirou/gopsutil/v4/net"
_ "tailscale.com/net/netstat"
_ "github.com/winmib/winmib/tcpmib"
)
