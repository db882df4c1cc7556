package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// JSON is ASCII, so that no code page can change it, and decodes to what was encoded.
func TestEncodeJSONIsASCII(t *testing.T) {
	for text, want := range map[string]string{
		"plain <&> ~":                  `"plain <&> ~"`,
		"näme 日本語サーバ":                  `"n\u00e4me \u65e5\u672c\u8a9e\u30b5\u30fc\u30d0"`,
		"\x1b[31m\x7f\u0085\u009b2J":   `"\u001b[31m\u007f\u0085\u009b2J"`,
		"a\u202eb\u2066c\ufeffd\u00a0": `"a\u202eb\u2066c\ufeffd\u00a0"`,
		"tag \U000e0041":               `"tag \udb40\udc41"`,
		"\u2028":                       `"\u2028"`,
	} {
		encoded, err := EncodeJSON(text)
		require.NoError(t, err)
		assert.Equal(t, want, string(encoded))
		var decoded string
		require.NoError(t, json.Unmarshal(encoded, &decoded))
		assert.Equal(t, text, decoded)

		// Keys are escaped too, and one level is not escaped twice.
		nested, err := Object{{text, Object{{"text", text}}}}.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, 2, strings.Count(string(nested), want))
		assert.JSONEq(t, "{"+want+`:{"text":`+want+"}}", string(nested))
	}
}

// An object has its members in order, however many there are.
func TestObject(t *testing.T) {
	for want, o := range map[string]Object{
		`{}`:                      {},
		`{"b":1}`:                 {{"b", 1}},
		`{"b":1,"a":null,"c":[]}`: {{"b", 1}, {"a", nil}, {"c", []int{}}},
	} {
		got, err := o.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}
