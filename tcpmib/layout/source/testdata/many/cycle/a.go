package cycle

import "example.com/many/cycle"

type Row struct{ A cycle.Row }
