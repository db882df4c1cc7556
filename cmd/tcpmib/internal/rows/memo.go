package rows

// memo remembers what becomes of names. Those with characters to escape take longer than all the
// rest of a row, a million rows have as many names as there are processes, and anybody can choose
// the names.
type memo[V any] struct {
	of    func(text string) V
	known map[string]V
}

func (m *memo[V]) get(text []byte) V {
	v, ok := m.known[string(text)]
	if !ok {
		if m.known == nil {
			m.known = map[string]V{}
		}
		v = m.of(string(text))
		m.known[string(text)] = v
	}
	return v
}
