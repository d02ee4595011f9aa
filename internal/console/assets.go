package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Assets is the path under which styles and images lie.
const Assets = "/assets/"

//go:embed assets
var embeddedAssets embed.FS

// styles are the parts of the one style sheet, in their order.
const styles = "styles"

// asset is a file under a name that changes with its content.
type asset struct {
	mediaType string
	content   []byte
	packed    func() []byte // the content compressed, when it is first asked for
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
		name := e.Name()
		var content []byte
		if e.IsDir() {
			name = "console.css"
			content, err = styleSheet()
		} else {
			content, err = embeddedAssets.ReadFile(path.Join("assets", name))
		}
		if err != nil {
			return out, err
		}
		out.add(name, content)
	}
	return out, nil
}

func (a assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	extension := path.Ext(name)
	address := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension
	a.byAddress[address] = asset{mediaTypeOf(extension), content, sync.OnceValue(func() []byte { return packed(content) })}
	a.address[name] = Assets + address
}

// styleSheet joins the parts of the style sheet.
func styleSheet() ([]byte, error) {
	dir := path.Join("assets", styles)
	entries, err := embeddedAssets.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, e := range entries {
		part, err := embeddedAssets.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out.Write(part)
	}
	return out.Bytes(), nil
}

func mediaTypeOf(extension string) string {
	switch extension {
	case ".svg":
		return "image/svg+xml"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "text/css; charset=utf-8"
}

// addressOf is the address of a file by its name in the source.
func (a assets) addressOf(name string) (string, error) {
	address, ok := a.address[name]
	if !ok {
		return "", fmt.Errorf("console: no asset %s", name)
	}
	return address, nil
}

func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	found, ok := a.byAddress[strings.TrimPrefix(r.URL.Path, Assets)]
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", found.mediaType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	content := found.content
	if takesGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		content = found.packed()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip reports whether the browser reads what is compressed.
func takesGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// packed is content compressed, as small as it gets.
func packed(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	_, _ = w.Write(content)                                 // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}
