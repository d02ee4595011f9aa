package functions

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What is linked: a deployed function no SQLite, and nothing that takes long to
// start or much room where another function does what it is for; the local
// program no Lambda runtime.
func TestWhatIsLinked(t *testing.T) {
	local := []string{"modernc.org/sqlite", "milepost/internal/store/sqlite", "milepost/internal/blob/fs", "milepost/internal/demo"}
	heavy := []string{"github.com/xuri/excelize", "github.com/swaggest/swgui", "github.com/nicksnyder/go-i18n"}
	huma, pages := "github.com/danielgtaylor/huma", "milepost/internal/console"
	forbidden := map[string][]string{
		"./api":           slices.Concat(local, heavy, []string{pages}),
		"./annex":         local, // what the others leave out, so it links both pages and workbooks,
		"./console":       slices.Concat(local, heavy, []string{huma}),
		"./sweep":         slices.Concat(local, heavy, []string{huma, pages}),
		"./relay":         slices.Concat(local, heavy, []string{huma, pages}),
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
