package api

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/blob"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

const contentPath = "/awards/{award}/milestones/{milestone}/evidence/{evidence}/content"

// slow reports whether a path is that of a file, of a sweep or of imports,
// which take their time; their routes move the connection's deadlines too.
func slow(r *http.Request) bool {
	path := r.URL.Path
	return strings.HasPrefix(path, Prefix+"/awards/") && strings.HasSuffix(path, "/content") ||
		path == Prefix+"/sweeps" || strings.HasPrefix(path, Prefix+"/imports")
}

// content registers the two routes on which files travel. They stream, so they
// are no operations of huma; in the document they stand beside the others.
func (a *API) content() {
	a.plain(operation{
		id: "sendEvidence", method: http.MethodPut, path: contentPath, tag: tagEvidence, upload: true,
		summary: "Send a file",
		does: "Sends the content of an announced file. What differs from the announcement in size, hash or type is refused and not kept. " +
			"It changes no state and can be repeated; confirm it then.",
		who: "platformOperator of the award's platform; projectLead of the award",
		codes: []string{"409 evidence.notAnnounced", "422 evidence.sizeDiffers", "422 evidence.hashDiffers", "422 evidence.typeDiffers", "422 evidence.empty",
			"413 evidence.tooLarge", "422 evidence.typeRefused", "422 evidence.extensionDiffers"},
	}, a.receive)
	a.plain(operation{
		id: "openEvidence", method: http.MethodGet, path: contentPath, tag: tagEvidence,
		summary: "Get a file",
		does:    "The content of confirmed evidence, as an attachment under a safe name. Its ETag is its SHA-256; ranges are served.",
		who:     "whoever sees the award",
		codes:   []string{"404 blob.absent", "409 evidence.noContent"},
	}, a.send)
}

// plain registers a route of ServeMux that is authenticated like an operation.
func (a *API) plain(o operation, serve func(http.ResponseWriter, *http.Request) error) {
	a.documented(func(document *huma.OpenAPI) {
		d := o.describe(document)
		for _, name := range []string{"award", "milestone", "evidence"} {
			d.Parameters = append(d.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
		file := map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		if o.upload {
			d.RequestBody = &huma.RequestBody{Required: true, Content: file, Description: "The bytes, exactly as announced"}
			d.Responses["204"] = &huma.Response{Description: "Received"}
		} else {
			d.Responses["200"] = &huma.Response{Description: "The file", Content: file}
		}
		document.AddOperation(&d)
	})
	a.mux.HandleFunc(o.method+" "+Prefix+o.path, func(w http.ResponseWriter, r *http.Request) {
		x := visitOf(r.Context())
		x.operation, x.param = &o, r.PathValue
		err := a.authenticate(r)
		if err == nil {
			err = knownQuery(r)
		}
		if err == nil {
			err = serve(w, r)
		}
		if err != nil {
			a.writeProblem(w, r, err)
		}
	})
}

// knownQuery refuses query parameters, of which these routes have none.
func knownQuery(r *http.Request) error {
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		fields = append(fields, fault.At("query:/"+name, "request.unknownParameter"))
	}
	return fault.InvalidFields(fields...)
}

func contentRef(r *http.Request) (tracker.EvidenceRef, error) {
	for _, name := range []string{"award", "milestone", "evidence"} {
		if !names(name, r.PathValue(name)) {
			return tracker.EvidenceRef{}, fault.New(fault.NotFound, "thing.notFound")
		}
	}
	return tracker.EvidenceRef{
		Award: ident.Award(r.PathValue("award")), Milestone: ident.Milestone(r.PathValue("milestone")), Evidence: ident.Evidence(r.PathValue("evidence")),
	}, nil
}

// receive takes a file. The transfer has its own deadlines: those of the
// server are for documents.
func (a *API) receive(w http.ResponseWriter, r *http.Request) error {
	ref, err := contentRef(r)
	if err != nil {
		return err
	}
	if err := a.extend(w); err != nil {
		return err
	}
	body := &source{r: r.Body}
	if err := a.options.Tracker.SendEvidence(r.Context(), visitOf(r.Context()).call, ref, body); err != nil {
		if body.err != nil {
			return &fault.Error{Kind: fault.Malformed, Code: "request.incomplete", Cause: body.err}
		}
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// extend gives a transfer the time for files.
func (a *API) extend(w http.ResponseWriter) error {
	if err := a.options.Limits.Extend(w, a.options.Now()); err != nil {
		return fault.Wrap(err, "internal.error")
	}
	return nil
}

// source remembers why a body ended early, so that it is not taken for a
// failure of the storage.
type source struct {
	r   io.Reader
	err error
}

// Read reads once.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// send answers a file, which a browser saves and never shows.
func (a *API) send(w http.ResponseWriter, r *http.Request) error {
	ref, err := contentRef(r)
	if err != nil {
		return err
	}
	file, err := a.options.Tracker.OpenEvidence(r.Context(), visitOf(r.Context()).call, ref)
	if err != nil {
		return err
	}
	defer func() { _ = file.Content.Close() }() // it was only read
	if err := a.extend(w); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", file.Evidence.MediaType)
	h.Set("Content-Disposition", blob.Disposition(file.Evidence.FileName))
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("ETag", `"`+file.Evidence.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, file.Content)
	return nil
}
