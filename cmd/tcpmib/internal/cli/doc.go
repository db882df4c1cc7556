// Package cli holds what every part of the command needs: exit codes, flags that take one of a
// few words, shell completion, the terminal and text on it. It knows nothing about connections.
package cli
