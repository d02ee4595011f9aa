package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

// Assets is the path under which styles and images lie.
const Assets = "/assets/"

//go:embed assets
var embeddedAssets embed.FS

// asset is a file under a name that changes with its content.
type asset struct {
	mediaType string
	content   []byte
}

// assets are all files: by the name in their address, and those names by the
// name in the source.
type assets struct {
	byAddress map[string]asset
	address   map[string]string
}

func loadAssets() (assets, error) {
	out := assets{byAddress: map[string]asset{}, address: map[string]string{}}
	entries, err := embeddedAssets.ReadDir("assets")
	if err != nil {
		return out, err
	}
	for _, e := range entries {
		content, err := embeddedAssets.ReadFile(path.Join("assets", e.Name()))
		if err != nil {
			return out, err
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(e.Name())
		address := strings.TrimSuffix(e.Name(), extension) + "." + hex.EncodeToString(sum[:6]) + extension
		out.byAddress[address] = asset{mediaTypeOf(extension), content}
		out.address[e.Name()] = Assets + address
	}
	return out, nil
}

func mediaTypeOf(extension string) string {
	if extension == ".svg" {
		return "image/svg+xml"
	}
	return "text/css; charset=utf-8"
}

func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	found, ok := a.byAddress[strings.TrimPrefix(r.URL.Path, Assets)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", found.mediaType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.content))
}
