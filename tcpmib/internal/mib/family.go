package mib

import (
	"fmt"
	"io/fs"
)

// The address families, with the numbers that Windows gives them.
const (
	AFInet  = 2
	AFInet6 = 23
)

// The families of a selection, which may be both.
const (
	ipv4 = 1
	ipv6 = 2
)

// CheckFamily says why there are no tables of a family.
func CheckFamily[F ~uint8](pkg string, family F) error {
	if family == 0 || family&^(ipv4|ipv6) != 0 {
		return fmt.Errorf("%s: invalid family %v; want IPv4, IPv6 or Both: %w", pkg, family, fs.ErrInvalid)
	}
	return nil
}

// AddressFamily returns the number that Windows gives one family, for functions that have
// statistics.
func AddressFamily[F ~uint8](pkg string, family F) (uint32, error) {
	switch family {
	case ipv4:
		return AFInet, nil
	case ipv6:
		return AFInet6, nil
	}
	return 0, fmt.Errorf("%s: no statistics of family %v; want IPv4 or IPv6: %w", pkg, family, fs.ErrInvalid)
}
