package layout

import "strings"

// definedTypes are names of the structs and unions that a preprocessed text defines outside
// functions, one of each: "struct tag", or the typedef of one without a tag. It need not find all:
// the compiler is asked about the others later.
func definedTypes(text string) []string {
	s := &typeScanner{tokens: tokens{text: text}}
	s.file()
	return s.names
}

// tokens cuts a C text into identifiers and punctuation. Strings, numbers and directives are left
// out.
type tokens struct {
	text string
	at   int
}

// next is the next token, or nothing at the end.
func (t *tokens) next() string {
	for t.at < len(t.text) {
		c := t.text[t.at]
		switch {
		case c == '\n' || c == ' ' || c == '\t' || c == '\r' || c == '\f':
			t.at++
		case c == '#': // a line of its own
			end := strings.IndexByte(t.text[t.at:], '\n')
			if end < 0 {
				end = len(t.text) - t.at
			}
			t.at += end
		case c == '"' || c == '\'':
			t.at++
			for t.at < len(t.text) && t.text[t.at] != c && t.text[t.at] != '\n' {
				if t.text[t.at] == '\\' {
					t.at++
				}
				t.at++
			}
			t.at++
		case letter(c):
			start := t.at
			for t.at < len(t.text) && (letter(t.text[t.at]) || digit(t.text[t.at])) {
				t.at++
			}
			return t.text[start:t.at]
		case digit(c):
			for t.at < len(t.text) && (letter(t.text[t.at]) || digit(t.text[t.at]) || t.text[t.at] == '.') {
				t.at++
			}
		default:
			t.at++
			return t.text[t.at-1 : t.at]
		}
	}
	return ""
}

func letter(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
func digit(c byte) bool { return '0' <= c && c <= '9' }

// typeScanner goes through the declarations of a file.
type typeScanner struct {
	tokens
	ahead string // a token that was looked at
	names []string
}

func (s *typeScanner) token() string {
	if t := s.ahead; t != "" {
		s.ahead = ""
		return t
	}
	return s.next()
}

// file reads declarations up to the end.
func (s *typeScanner) file() {
	for {
		t := s.token()
		if t == "" {
			return
		}
		s.ahead = t
		s.declaration()
	}
}

// declaration reads up to the semicolon, or the body of a function.
func (s *typeScanner) declaration() {
	typedef, anonymous, pointer, last := false, false, false, ""
	for {
		t := s.token()
		switch t {
		case "", ";":
			s.typedefName(typedef && anonymous && !pointer, last)
			return
		case ",":
			if typedef && anonymous && !pointer {
				s.typedefName(true, last)
				anonymous = false // one name is enough
			}
			pointer = false
		case "typedef":
			typedef = true
		case "struct", "union":
			if s.structure(t) {
				anonymous = true
			}
			t = ""
		case "*":
			pointer = true
		case "__attribute__", "__declspec", "__attribute", "_Alignas":
			s.brackets()
			continue
		case "(":
			s.ahead = t
			s.brackets()
			t = ")"
		case "{":
			s.block()
			if last == ")" { // of a function
				return
			}
			t = "}"
		}
		last = t
	}
}

func (s *typeScanner) typedefName(is bool, name string) {
	if is && name != "" && letter(name[0]) {
		s.names = append(s.names, name)
	}
}

// structure reads a struct or union behind that word, and reports whether it is one with members
// and no tag.
func (s *typeScanner) structure(word string) (anonymous bool) {
	tag := ""
	for {
		t := s.token()
		switch {
		case t == "__attribute__" || t == "__declspec" || t == "__attribute" || t == "_Alignas":
			s.brackets()
		case t == "__extension__" || t == "__unaligned":
		case t == "{":
			s.members()
			if tag != "" {
				s.names = append(s.names, word+" "+tag)
			}
			return tag == ""
		case tag == "" && t != "" && letter(t[0]):
			tag = t
		default:
			s.ahead = t
			return false
		}
	}
}

// members reads up to the closing brace, and what is defined before it.
func (s *typeScanner) members() {
	for {
		switch t := s.token(); t {
		case "", "}":
			return
		case "struct", "union":
			s.structure(t)
		case "{":
			s.block()
		}
	}
}

// block skips what is between braces, the opening one read.
func (s *typeScanner) block() {
	for depth := 1; depth > 0; {
		switch s.token() {
		case "":
			return
		case "{":
			depth++
		case "}":
			depth--
		}
	}
}

// brackets skips "(...)", if it is there.
func (s *typeScanner) brackets() {
	t := s.token()
	if t != "(" {
		s.ahead = t
		return
	}
	for depth := 1; depth > 0; {
		switch s.token() {
		case "":
			return
		case "(":
			depth++
		case ")":
			depth--
		}
	}
}
