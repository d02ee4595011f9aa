package faultproxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	slow = 20 * time.Millisecond
	// patience bounds how long a stalled request waits for its client to give up.
	patience = 30 * time.Second
	// emulator bounds an exchange with the emulator.
	emulator = 30 * time.Second
)

// Proxy passes requests on until it is given a schedule. It is safe for
// concurrent use.
type Proxy struct {
	target string
	server *httptest.Server
	client *http.Client

	mu       sync.Mutex
	idle     *sync.Cond // nothing is under way
	schedule Schedule
	then     func(Fault)
	rewrite  func(operation string, body []byte) []byte
	underWay int
	seen     int
	met      map[Meeting]int
	broken   error
}

// Meeting is a fault that met a request of an operation.
type Meeting struct {
	Operation string // such as "TransactWriteItems"
	Fault     Fault
}

// Start starts a proxy before the emulator at an address. It ends with the
// test, which fails if the emulator did not answer the proxy.
func Start(t testing.TB, target string) *Proxy {
	t.Helper()
	p := &Proxy{
		target: strings.TrimSuffix(target, "/"), met: map[Meeting]int{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: emulator},
	}
	p.idle = sync.NewCond(&p.mu)
	p.server = httptest.NewServer(p)
	t.Cleanup(func() {
		p.server.Close()
		p.client.CloseIdleConnections()
		if p.broken != nil {
			t.Errorf("fault proxy: %v", p.broken)
		}
	})
	return p
}

// URL is the address to give to the client as its endpoint.
func (p *Proxy) URL() string { return p.server.URL }

// Play begins a schedule; nil ends all faults.
func (p *Proxy) Play(s Schedule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.schedule = s
}

// Then sets what is called after a fault was done to a request, and before the
// connection is cut where the fault cuts it; nil for nothing.
func (p *Proxy) Then(f func(Fault)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.then = f
}

// Rewrite sets what changes the bodies of requests before they go on; nil for
// nothing. With it a test shows that it would notice a client that errs.
func (p *Proxy) Rewrite(f func(operation string, body []byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rewrite = f
}

// Settle waits until nothing is under way: until then a request whose client
// has given up may still take effect.
func (p *Proxy) Settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.underWay > 0 {
		p.idle.Wait()
	}
}

// Met is how often each fault met each operation; requests that passed count
// under None.
func (p *Proxy) Met() map[Meeting]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.met)
}

// Count is how often a fault met any operation.
func (p *Proxy) Count(f Fault) int {
	n := 0
	for m, times := range p.Met() {
		if m.Fault == f {
			n += times
		}
	}
	return n
}

// request is one request on its way.
type request struct {
	*http.Request
	operation string
	body      []byte
	number    int // from 0
}

// ServeHTTP does to a request what it meets.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client broke off
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	p.mu.Lock()
	f, then := None, p.then
	if p.schedule != nil {
		f = p.schedule(operation)
	}
	if !f.meets(operation) {
		f = None
	}
	if p.rewrite != nil {
		body = p.rewrite(operation, body)
	}
	in := request{Request: r, operation: operation, body: body, number: p.seen}
	p.seen++
	p.met[Meeting{operation, f}]++
	p.underWay++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.underWay--; p.underWay == 0 {
			p.idle.Broadcast()
		}
	}()
	if then != nil && f != None {
		defer then(f)
	}
	p.do(f, w, in)
}

func (p *Proxy) do(f Fault, w http.ResponseWriter, r request) {
	switch f {
	case None:
		p.forward(r).write(w)
	case Slow:
		time.Sleep(slow)
		p.forward(r).write(w)
	case Stalled:
		select {
		case <-r.Context().Done():
		case <-time.After(patience):
		}
		p.forward(r)
		panic(http.ErrAbortHandler)
	case LostBefore:
		panic(http.ErrAbortHandler)
	case LostAfter:
		p.forward(r)
		panic(http.ErrAbortHandler)
	case CutAnswer:
		p.forward(r).cut(w)
	case CrashedBefore:
		crash().write(w)
	case CrashedAfter:
		p.forward(r)
		crash().write(w)
	case Throttled:
		throttle(r).write(w)
	case Conflict:
		conflict(r).write(w)
	case Partial:
		p.partly(r).write(w)
	default:
		panic(fmt.Sprintf("faultproxy: %d is no fault", f))
	}
}

// forward sends a request to the emulator, whether or not its client still
// waits.
func (p *Proxy) forward(r request) answer {
	a, err := p.exchange(r)
	if err == nil {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = errors.Join(p.broken, err)
	return problem(http.StatusBadGateway, "NoEmulator", "")
}

func (p *Proxy) exchange(r request) (answer, error) {
	ctx := context.WithoutCancel(r.Context())
	out, err := http.NewRequestWithContext(ctx, r.Method, p.target+r.URL.RequestURI(), bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range r.Header {
		if name != "Content-Length" && name != "Accept-Encoding" {
			out.Header[name] = values
		}
	}
	in, err := p.client.Do(out)
	if err != nil {
		return answer{}, err
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	return answer{status: in.StatusCode, header: in.Header, body: body}, err
}
