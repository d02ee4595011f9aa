package blob

import (
	"bytes"
	"strings"
)

// looksLike reports whether content that begins with head can be of a media
// type. A type without a known beginning passes, text only where nothing in it
// is binary.
func looksLike(mediaType string, head []byte) bool {
	starts := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	zip := starts("PK\x03\x04")
	switch {
	case mediaType == "application/pdf":
		return starts("%PDF-")
	case mediaType == "image/png":
		return starts("\x89PNG\r\n\x1a\n")
	case mediaType == "image/jpeg":
		return starts("\xff\xd8\xff")
	case mediaType == "image/tiff":
		return starts("II*\x00") || starts("MM\x00*") || starts("II+\x00") || starts("MM\x00+")
	case mediaType == "application/zip":
		return zip || starts("PK\x05\x06") // the latter is an empty archive
	case mediaType == "application/ofd", strings.HasPrefix(mediaType, "application/vnd.openxmlformats-officedocument."):
		return zip
	case strings.HasPrefix(mediaType, "application/vnd.oasis.opendocument."):
		return zip && openDocumentOf(mediaType, head)
	case mediaType == "video/mp4":
		return len(head) >= 12 && string(head[4:8]) == "ftyp"
	case strings.HasPrefix(mediaType, "text/"):
		return isText(head)
	default:
		return true
	}
}

// openDocumentOf reads the type that an OpenDocument package names in its
// first, uncompressed entry (ODF 1.3 part 2 §3.3).
func openDocumentOf(mediaType string, head []byte) bool {
	const nameAt, name = 30, "mimetype" // after the local file header
	return len(head) > nameAt && bytes.HasPrefix(head[nameAt:], []byte(name+mediaType))
}

// isText accepts UTF-8, GB18030 and the like, and UTF-16 with a byte order
// mark. It refuses control characters that no text has, and PDF, which has
// none at its beginning.
func isText(head []byte) bool {
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return false
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return true
	}
	for _, b := range head {
		switch {
		case b == '\t', b == '\n', b == '\r', b == '\f', b == 0x1a, b == 0x1b:
		case b < 0x20, b == 0x7f:
			return false
		}
	}
	return !bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff})
}
