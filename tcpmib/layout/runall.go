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
