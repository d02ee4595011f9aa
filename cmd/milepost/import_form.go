package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
)

// importForm writes files and choices as the form that the API takes. The
// form is the same each time it is read.
func importForm(in importFlags, files []string) (form func() io.Reader, contentType string, err error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields := [][2]string{
		{"programme", in.programme}, {"payee", in.payee}, {"funder", in.funder}, {"total", in.total}, {"until", in.until},
	}
	for _, asset := range in.assets {
		fields = append(fields, [2]string{"assets", asset})
	}
	for _, column := range in.acceptFormulas {
		fields = append(fields, [2]string{"acceptFormulas", column})
	}
	for _, field := range fields {
		if field[1] == "" {
			continue
		}
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	for _, name := range files {
		if err := addFile(w, name); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return func() io.Reader { return bytes.NewReader(body.Bytes()) }, w.FormDataContentType(), nil
}

func addFile(w *multipart.Writer, name string) error {
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return fileFault(err, name)
	}
	part, err := w.CreateFormFile("files", filepath.Base(name))
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	return err
}
