package portcheck

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// A command in here does the same in cmd, Windows PowerShell and PowerShell, in which it is read.
// So it is sc.exe: sc is Set-Content in Windows PowerShell. No command holds a $, which PowerShell
// expands within double quotes too, a % or a single quote, which is no quote in cmd.

// another is the advice where the holder cannot be stopped.
var another = Advice{Text: "Choose another port"}

// toFree begins the advice that frees a port.
func (f *Facts) toFree() string {
	if f.Recorded {
		return "To free it there, if nothing has changed since"
	}
	return "To free it"
}

// asAdministrator ends the advice that takes an administrator.
func (f *Facts) asAdministrator() string {
	if f.Elevated {
		return ""
	}
	return " as administrator"
}

// advice says how to free a port that sockets hold.
func (f *Facts) advice(holders []Holder) []Advice {
	var advice []Advice
	var programs []*Holder
	once := map[string]bool{}
	for _, h := range byOwner(holders) {
		special := f.special(*h)
		if special == nil {
			programs = append(programs, h)
		}
		for _, a := range special {
			if text := a.String(); !once[text] {
				once[text] = true
				advice = append(advice, a)
			}
		}
	}
	if len(programs) > 0 {
		advice = slices.Insert(advice, 0, f.end(programs))
	}
	return advice
}

// special is the advice about a holder that is not simply to be ended, or nil.
func (f *Facts) special(h Holder) []Advice {
	program := strings.ToLower(h.Process)
	services := f.Services[h.PID]
	switch {
	case h.PID == owner.IdlePID:
		return []Advice{another}
	case h.PID == owner.SystemPID:
		return f.kernel(h.Protocol)
	case h.Process == "":
		if f.Processes == nil {
			return nil
		}
		return []Advice{f.heirs(h)}
	case slices.Contains(wslRelays, program):
		return []Advice{{h.Process + " forwards the port to a program in a WSL distribution, and ending it would end every such forward. " +
			"Stop that program in there, or the distribution (wsl --terminate and its name); to list those that run",
			[]string{"wsl --list --running"}}}
	case slices.Contains(dockerRelays, program):
		filter := fmt.Sprint(f.Port)
		if h.Protocol == rows.UDP {
			filter += "/udp"
		}
		return []Advice{{h.Process + " forwards the port to a container, and ending it would end every such forward. " +
			"Stop the container (docker stop and its name); to find it", []string{"docker ps --filter publish=" + filter}}}
	case program == "gvproxy.exe":
		return []Advice{{h.Process + " forwards the port to a container, and ending it would end every such forward. " +
			"Stop the container (podman stop and its name); to find it", []string{"podman ps"}}}
	case f.vital(h):
		return []Advice{{Text: "Windows does not run without it: choose another port"}}
	case len(services) == 1:
		return f.service(h, services[0])
	case len(services) > 1:
		return f.services(h)
	}
	return nil
}

// The programs that forward ports of this machine to WSL, and to Docker's containers.
var (
	wslRelays    = []string{"wslrelay.exe", "wslhost.exe"}
	dockerRelays = []string{"com.docker.backend.exe", "com.docker.proxy.exe", "com.docker.vpnkit.exe", "vpnkit.exe"}
)

// The programs of Windows that end or restart it when they end, and the services that it does not
// let anybody stop.
var (
	vitalPrograms = []string{"csrss.exe", "lsass.exe", "lsaiso.exe", "services.exe", "smss.exe", "wininit.exe", "winlogon.exe"}
	vitalServices = []string{"dcomlaunch", "lsm", "rpceptmapper", "rpcss", "samss"}
)

func (f *Facts) vital(h Holder) bool {
	for _, s := range f.Services[h.PID] {
		if slices.Contains(vitalServices, strings.ToLower(s)) {
			return true
		}
	}
	folder := strings.ToLower(path.Dir(strings.ReplaceAll(f.Details[h.PID].Path, `\`, "/")))
	windows := folder == "." || strings.HasSuffix(folder, "/windows/system32") // "." where it is not known
	return windows && slices.Contains(vitalPrograms, strings.ToLower(h.Process))
}

// service is the advice about a holder that is one service.
func (f *Facts) service(h Holder, name string) []Advice {
	if strings.EqualFold(name, "iphlpsvc") && h.Protocol == rows.TCP {
		return []Advice{{"The service " + name + " forwards the port, as a port proxy, and does other work too. Delete the proxy" + f.asAdministrator() +
			" (netsh interface portproxy delete); to list them all", []string{"netsh interface portproxy show all"}}}
	}
	command := "sc.exe stop " + name
	switch quoting := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_.-"); {
	case strings.Trim(quoting, " ") == "" && quoting != "":
		command = `sc.exe stop "` + name + `"`
	case quoting != "":
		command = "services.msc"
	}
	return []Advice{{f.toFree() + ", stop the service " + name + f.asAdministrator(), []string{command}}}
}

// services is the advice about a holder that is several services.
func (f *Facts) services(h Holder) []Advice {
	stop := f.toFree() + ", stop the service that opened it (sc.exe stop and its name" + strings.Replace(f.asAdministrator(), " ", ", ", 1) + ")"
	if h.Protocol == rows.UDP {
		return []Advice{{Text: stop}}
	}
	return []Advice{{stop + "; to see which one did", []string{fmt.Sprintf("tcpmib list --local-port %d --module", f.Port)}}}
}

// end is the advice to end programs. Without /F those that have no window refuse to end.
func (f *Facts) end(programs []*Holder) Advice {
	const most = 4 // a command does not end what its sentence does not name
	if len(programs) > most {
		return Advice{Text: f.toFree() + ", end all of these processes"}
	}
	command, admin := "taskkill /F", ""
	var names []string
	for _, h := range programs {
		names = append(names, f.program(*h))
		command += fmt.Sprintf(" /PID %d", h.PID)
		if f.Denied[h.PID] {
			admin = f.asAdministrator()
		}
	}
	return Advice{f.toFree() + ", end " + cli.Enumeration(names) + admin, []string{command}}
}

// program names a process by its command line, without the folder of its program, or by its name
// where that is not known: many programs are only "java.exe" or "node.exe".
func (f *Facts) program(h Holder) string {
	const most = 60
	line := strings.TrimSpace(f.Details[h.PID].CommandLine)
	program, arguments, _ := strings.Cut(line, " ")
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		program, arguments, _ = strings.Cut(quoted, `"`)
	}
	if arguments = strings.TrimSpace(arguments); arguments == "" {
		if h.Process == "" {
			return fmt.Sprintf("PID %d", h.PID)
		}
		return fmt.Sprintf("%s (PID %d)", h.Process, h.PID)
	}
	program = program[strings.LastIndexAny(program, `\/`)+1:]
	text := []rune(cmp.Or(program, h.Process) + " " + arguments)
	if len(text) > most {
		text = append(text[:most-1], '…')
	}
	return fmt.Sprintf("%s (PID %d)", string(text), h.PID)
}

// kernel says on whose behalf the kernel holds a port.
func (f *Facts) kernel(p rows.Protocol) []Advice {
	switch {
	case p == rows.TCP && (f.Port == 139 || f.Port == 445):
		return []Advice{{Text: "This is Windows file sharing (SMB), the service LanmanServer: choose another port"}}
	case p == rows.UDP && (f.Port == 137 || f.Port == 138):
		return []Advice{{Text: "This is NetBIOS over TCP/IP: choose another port"}}
	case p == rows.TCP:
		return []Advice{{"Most often the kernel listens for http.sys, which serves IIS, WinRM and other programs. Stop the one whose URL has this port; to list them",
			[]string{"netsh http show servicestate"}}}
	}
	return []Advice{{Text: "This is one of its drivers: choose another port"}}
}

// heirs says who may hold a socket whose process has ended: a child process that inherited it.
func (f *Facts) heirs(h Holder) Advice {
	var children []*Holder
	if _, reused := f.Processes[h.PID]; !reused { // the children may be those of the process that has its ID by now
		for _, pid := range f.childrenOf(h.PID) {
			children = append(children, &Holder{DatedConn: tcpmib.DatedConn{Conn: tcpmib.Conn{PID: pid}}, Process: f.Processes[pid].Name})
		}
	}
	if len(children) == 0 {
		return Advice{Text: "A process that it started may have inherited the socket, and holds the port until it ends: choose another port"}
	}
	advice := f.end(children)
	advice.Text = "A process that it started may have inherited the socket. " + advice.Text
	return advice
}

// childrenOf returns the IDs of the processes that another started, sorted.
func (f *Facts) childrenOf(parent uint32) []uint32 {
	if f.children == nil {
		f.children = map[uint32][]uint32{}
		for _, pid := range slices.Sorted(maps.Keys(f.Processes)) {
			if p := f.Processes[pid].Parent; p != pid {
				f.children[p] = append(f.children[p], pid)
			}
		}
	}
	return f.children[parent]
}

// excluded is the advice about a port that a bind may not have. WinNAT, the service that reserves
// ranges for Hyper-V, WSL and Docker, takes new ones when it starts, and none with an exclusion in
// it.
func (f *Facts) excluded(p rows.Protocol, family tcpmib.Family) []Advice {
	return []Advice{
		f.listRanges(p, family),
		{"If WinNAT reserved it for Hyper-V, WSL or Docker, take the port out of its ranges" + f.asAdministrator(), []string{
			"net stop winnat",
			fmt.Sprintf("netsh int %v add excludedportrange protocol=%v startport=%d numberofports=1", family, p, f.Port),
			"net start winnat",
		}},
	}
}

// reserved is the advice about a port with a persistent reservation.
func (f *Facts) reserved(p rows.Protocol) []Advice {
	return []Advice{
		f.listRanges(p, tcpmib.IPv4),
		{Text: "Choose another port, or have the program that made the reservation delete it"},
	}
}

func (f *Facts) listRanges(p rows.Protocol, family tcpmib.Family) Advice {
	return Advice{"To list the ranges that are reserved or excluded", []string{fmt.Sprintf("netsh int %v show excludedportrange protocol=%v", family, p)}}
}
