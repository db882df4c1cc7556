// Package synthetic tests the way from Windows to the caller's slice against a
// synthetic iphlpapi.dll, which hands out any table, right or wrong. Its source,
// testdata/iphlpapi.c, says what scenarios there are.
//
// The tests are those of a Windows program, with cgo and without, and need that
// DLL in place of the system's: ./build.sh test builds it and runs them with it
// under Wine. Elsewhere they say that they did not run.
package synthetic
