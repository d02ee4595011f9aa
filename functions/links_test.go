package functions

import (
	"os/exec"
	"strings"
	"testing"
)

// What is linked: a deployed function no SQLite, the local program no Lambda
// runtime.
func TestWhatIsLinked(t *testing.T) {
	forbidden := map[string][]string{
		"./api":           {"modernc.org/sqlite", "milepost/internal/store/sqlite", "milepost/internal/blob/fs", "milepost/internal/demo"},
		"./console":       {"modernc.org/sqlite", "milepost/internal/store/sqlite", "milepost/internal/blob/fs", "milepost/internal/demo"},
		"./sweep":         {"modernc.org/sqlite", "milepost/internal/store/sqlite", "milepost/internal/blob/fs", "milepost/internal/demo"},
		"./relay":         {"modernc.org/sqlite", "milepost/internal/store/sqlite", "milepost/internal/blob/fs", "milepost/internal/demo"},
		"../cmd/milepost": {"github.com/aws/aws-lambda-go", "github.com/awslabs/aws-lambda-go-api-proxy", "milepost/internal/lambdahttp", "milepost/internal/boot/cloud"},
	}
	for program, paths := range forbidden {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", program).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", program, err)
		}
		for _, linked := range strings.Fields(string(out)) {
			for _, path := range paths {
				if linked == path || strings.HasPrefix(linked, path+"/") {
					t.Errorf("%s links %s", program, linked)
				}
			}
		}
	}
}
