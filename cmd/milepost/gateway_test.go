package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An HTTP API of API Gateway refuses some requests by itself, and never as a
// problem document: the program tells them apart all the same.
func TestAnswersOfTheGateway(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		code   int
		text   string
	}{
		{http.StatusUnauthorized, `{"message":"Unauthorized"}`, exitNotFound, "The sign-in is not valid. Please sign in again. (auth.invalid)"},
		{http.StatusForbidden, `{"message":"Forbidden"}`, exitNotFound, "answered by itself (status 403): Forbidden. (cli.gateway)"},
		{http.StatusNotFound, `{"message":"Not Found"}`, exitNotFound, "(status 404): Not Found"},
		{http.StatusRequestEntityTooLarge, `{"message":"Request Entity Too Large"}`, exitRefused, "(status 413): Request Entity Too Large"},
		{http.StatusTooManyRequests, `{"message":"Too Many Requests"}`, exitBusy, "(status 429): Too Many Requests"},
		{http.StatusInternalServerError, `{"message":"Internal Server Error"}`, exitBusy, "(status 500)"},
		{http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`, exitBusy, "(status 503): Service Unavailable"},
		{http.StatusUnauthorized, `<html>`, exitNotFound, "cli.notMilepost"},
		{http.StatusBadGateway, `[]`, exitBusy, "cli.notMilepost"},
		{http.StatusConflict, `{"code":"move.illegal","detail":"No.","message":"x"}`, exitRefused, "No. (move.illegal)"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		}))
		code, _, text := command(t, map[string]string{"MILEPOST_SERVER": server.URL, "MILEPOST_TOKEN": strings.Repeat("t", 40)}, "attention")
		server.Close()
		if code != tt.code || !strings.Contains(text, tt.text) {
			t.Errorf("%d %s: exit code %d, %s; want %d, %s", tt.status, tt.body, code, text, tt.code, tt.text)
		}
	}
}
