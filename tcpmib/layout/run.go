package layout

import (
	"context"
	"runtime"
	"sync"
)

// Result is what Run returned for one target.
type Result struct {
	Target  Target
	Headers *Headers // what the target declares
	Report  *Report
	Err     error
}

// Run checks a Spec against one target's headers. Differences are in the report; an error means
// that there is no verdict: the Spec makes no sense, or a *CompilerError.
func Run(ctx context.Context, spec Spec, t Target) (*Report, error) {
	r := run(ctx, spec, t)
	return r.Report, r.Err
}

func run(ctx context.Context, spec Spec, t Target) Result {
	h, err := spec.Probe(ctx, t)
	if err != nil {
		return Result{Target: t, Err: err}
	}
	g, err := spec.Go(h.GOARCH)
	if err != nil {
		return Result{Target: t, Err: err}
	}
	r := Compare(g, h, spec.Rules)
	r.CC = t.CC
	if t.Label != "" {
		r.Target = t.Label
	}
	return Result{Target: t, Headers: h, Report: r}
}

// RunAll runs a Spec against several targets, as many at a time as there are processors. Results
// are in the order of the targets.
func RunAll(ctx context.Context, spec Spec, targets []Target) []Result {
	results := make([]Result, len(targets))
	slots := make(chan struct{}, runtime.NumCPU())
	var wg sync.WaitGroup
	for i, t := range targets {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			results[i] = run(ctx, spec, t)
		})
	}
	wg.Wait()
	return results
}
