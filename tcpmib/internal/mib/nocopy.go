package mib

// NoCopy makes vet complain about copies of the struct that it is in: a copied Reader would share
// its buffers with the original.
type NoCopy struct{}

// Lock is what vet looks for.
func (*NoCopy) Lock() {}

// Unlock is what vet looks for.
func (*NoCopy) Unlock() {}
