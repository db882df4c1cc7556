package rows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Programs read times in UTC, wherever the machine is; people read their own.
func TestTimesForPrograms(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	time.Local = time.FixedZone("", -4*60*60)
	c := &Named("created")[0]
	r := &Row{Known: Known{Created: time.Date(2024, 5, 6, 6, 6, 0, 123456700, time.UTC).Local()}}
	assert.Equal(t, "2024-05-06T06:06:00.1234567Z", string(c.appendData(nil, r)))
	assert.Equal(t, `"2024-05-06T06:06:00.1234567Z"`, string(c.AppendJSON(nil, r)))
	assert.Equal(t, "2024-05-06T02:06:00-04:00", string(c.Text(nil, r)))
	for _, c := range Named("created", "age") {
		assert.Empty(t, c.appendData(nil, &Row{}))
		assert.Equal(t, "null", string(c.AppendJSON(nil, &Row{})))
	}
}
