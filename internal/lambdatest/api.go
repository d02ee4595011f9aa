package lambdatest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const prefix = "/2018-06-01/runtime/"

// arn names the function in every invocation.
const arn = "arn:aws-cn:lambda:cn-north-1:123456789012:function:lambdatest"

// api is the Runtime API of one process.
func (p *process) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"invocation/next", p.next)
	mux.HandleFunc("POST "+prefix+"invocation/{id}/response", p.response)
	mux.HandleFunc("POST "+prefix+"invocation/{id}/error", p.failure)
	mux.HandleFunc("POST "+prefix+"init/error", p.initFailure)
	return mux
}

// next waits for work.
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	select {
	case p.idle <- time.Now():
	default: // asked twice; one of them will have work
	}
	select {
	case <-r.Context().Done():
	case i := <-p.work:
		p.mu.Lock()
		p.current = i
		p.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", arn)
		h.Set("Lambda-Runtime-Trace-Id", fmt.Sprintf("Root=1-%08x-%s;Sampled=0", i.deadline.Unix(), i.id[24:]+"00000000"+"0000"))
		_, _ = w.Write(i.payload) // a process that has gone shows by its end
	}
}

// response takes an answer.
func (p *process) response(w http.ResponseWriter, r *http.Request) {
	body, ok := p.read(w, r)
	if !ok {
		return
	}
	if errorType := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); errorType != "" { // a stream that broke
		reported, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		if err != nil {
			reported = nil
		}
		p.answer(w, r, Result{Body: reported, FunctionError: Unhandled})
		return
	}
	p.answer(w, r, Result{Body: body})
}

// failure takes an error in place of an answer.
func (p *process) failure(w http.ResponseWriter, r *http.Request) {
	if body, ok := p.read(w, r); ok {
		p.answer(w, r, Result{Body: body, FunctionError: Unhandled})
	}
}

// initFailure takes the reason why a process cannot work.
func (p *process) initFailure(w http.ResponseWriter, r *http.Request) {
	if body, ok := p.read(w, r); ok {
		p.mu.Lock()
		p.initError = body
		p.mu.Unlock()
		accepted(w)
	}
}

// read reads a body. One that is too large fails the invocation, and the
// process is told so.
func (p *process) read(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload+1))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "the body cannot be read")
		return nil, false
	}
	if len(body) <= MaxPayload {
		return body, true
	}
	_, _ = io.Copy(io.Discard, r.Body) // so that the answer is read
	message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayload)
	if i := p.take(r.PathValue("id")); i != nil {
		i.answer <- failed(i.id, "Function.ResponseSizeTooLarge", message)
	}
	refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", message)
	return nil, false
}

// answer ends the invocation of a request; another, or the same again, is
// refused.
func (p *process) answer(w http.ResponseWriter, r *http.Request, result Result) {
	i := p.take(r.PathValue("id"))
	if i == nil {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "there is no such invocation to answer")
		return
	}
	i.answer <- result
	accepted(w)
}

// take returns the invocation of that id where it waits for an answer, once.
func (p *process) take(id string) *invocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.current
	if i == nil || i.id != id {
		return nil
	}
	p.current = nil
	return i
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"errorType":%q,"errorMessage":%q}`, errorType, message)
}
