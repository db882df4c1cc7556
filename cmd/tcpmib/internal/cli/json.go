package cli

import (
	"bytes"
	"encoding/json"
)

// Object is a JSON object whose members keep their order.
type Object []Member

// Member is a key of an object with its value.
type Member struct {
	Key   string
	Value any
}

// MarshalJSON encodes the members in order.
func (o Object) MarshalJSON() ([]byte, error) {
	text := []byte("{")
	for i, m := range o {
		if i > 0 {
			text = append(text, ',')
		}
		for _, part := range []any{m.Key, m.Value} {
			encoded, err := EncodeJSON(part)
			if err != nil {
				return nil, err
			}
			text = append(append(text, encoded...), ':')
		}
		text = text[:len(text)-1] // the colon after the value
	}
	return append(text, '}'), nil
}

// EncodeJSON encodes a value on one line, without the escapes that only HTML needs.
func EncodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
