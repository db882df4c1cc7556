package machine

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// A family that lacks a table does not hide what went wrong with the other.
func TestLacksTable(t *testing.T) {
	lacks := func(function uint32) error {
		return &tcpmib.Error{Query: tcpmib.Query{Func: "GetExtendedUdpTable", Family: function}, Code: tcpmib.CodeNoAnswer}
	}
	const words = "the capture does not hold the table of UDP sockets"
	assert.EqualError(t, LacksTable(errors.Join(lacks(2), lacks(23))), words)
	err := LacksTable(errors.Join(lacks(2), tcpmib.ErrMalformed))
	assert.ErrorContains(t, err, words)
	assert.ErrorContains(t, err, tcpmib.ErrMalformed.Error())
	assert.NoError(t, LacksTable(nil))
}
