package machine

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// A family that lacks a table does not hide what went wrong with the other.
func TestLacksTable(t *testing.T) {
	lacks := func(function string) error {
		return &tcpmib.Error{Query: tcpmib.Query{Func: function}, Code: tcpmib.CodeNoAnswer}
	}
	const words = "the capture does not hold the table of UDP sockets"
	assert.EqualError(t, LacksTable(UDPSockets, errors.Join(lacks("a"), lacks("b"))), words)
	err := LacksTable(UDPSockets, errors.Join(lacks("a"), tcpmib.ErrMalformed))
	assert.ErrorContains(t, err, words)
	assert.ErrorContains(t, err, tcpmib.ErrMalformed.Error())
	assert.NoError(t, LacksTable(UDPSockets, nil))
}
