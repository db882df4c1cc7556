// Package mib is the ground under the header packages (tcpmib, udpmib, tcpestats and owner): bytes
// to rows, endpoints and zones, file times, enums as text, codes and what they mean, the loop that
// fetches a table, and what changed between two snapshots. It knows no table by name.
package mib
