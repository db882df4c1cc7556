package layout

import (
	"path"
	"slices"
)

// Across looks at the reports of one run together. For each architecture nothing may be absent from
// all header sets, except what [Rules.Exclusive] gives to a set that the run does not have, and what
// older versions of a set are known to lack: it is no gap of newer ones. An enum whose constants are
// there, if only as macros, counts as there.
func Across(rules Rules, reports []*Report) []Finding {
	var findings []Finding
	for _, arch := range arches {
		p := proof{proven: map[string]bool{}, sets: map[string]bool{}}
		for _, r := range reports {
			if r.GOARCH == arch {
				p.add(r)
			}
		}
		for _, name := range p.names {
			excused := slices.ContainsFunc(rules.Exclusive, func(x Exclusive) bool { return x.Name == name && !p.sets[x.Set] }) ||
				slices.ContainsFunc(rules.Gaps, func(g Gap) bool { return g.Name == name && g.Before > 0 && p.sets[g.Set] })
			if !p.proven[name] && !excused {
				findings = append(findings, Finding{Kind: KindUnproven, Item: name, Detail: "no header set of this run for " + arch + " has it"})
			}
		}
	}
	return findings
}

// proof is what the reports for one architecture have proven.
type proof struct {
	names  []string
	proven map[string]bool
	sets   map[string]bool
}

func (p *proof) note(name string, s Status) {
	if _, seen := p.proven[name]; !seen {
		p.names = append(p.names, name)
	}
	p.proven[name] = p.proven[name] || s == Agrees || s == Differs
}

func (p *proof) add(r *Report) {
	p.sets[r.Set] = true
	for _, s := range r.Structs {
		p.note(s.C, s.Status)
	}
	enums := map[string]string{}
	for _, e := range r.Enums {
		p.note(e.C, e.Status)
		enums[e.Go] = e.C
	}
	for _, k := range r.Constants {
		p.note(k.C, k.Status)
		if c := enums[k.GoType]; c != "" { // macros prove an enum as well
			p.note(c, k.Status)
		}
	}
	for _, f := range r.Functions {
		p.note(f.C, f.Status)
	}
}

// UnusedOmissions finds omissions of what none of the header sets in a run declares. It is for a
// run with all header sets that the omissions are about.
func UnusedOmissions(rules Rules, reports []*Report) []Finding {
	if len(rules.Complete)+len(rules.CompleteFunctions) == 0 {
		return nil
	}
	var findings []Finding
	for _, o := range rules.Omitted {
		used := slices.ContainsFunc(reports, func(r *Report) bool {
			return slices.ContainsFunc(r.Omitted, func(x Omission) bool { ok, _ := path.Match(o.Name, x.Name); return ok })
		})
		if !used {
			findings = append(findings, Finding{Kind: KindComplete, Item: o.Name, Detail: "it is omitted (" + o.Reason + "), but none of the headers declares it: remove it from the list"})
		}
	}
	return findings
}
