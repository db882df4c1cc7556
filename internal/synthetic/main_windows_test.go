package synthetic_test

import (
	"os"
	"testing"

	"github.com/winmib/winmib/internal/synthetic"
)

func TestMain(m *testing.M) { os.Exit(synthetic.Main(m)) }
