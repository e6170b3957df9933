// The Lambda and the backend of the benchmark: both answer at once, as cheaply as Go can, over HTTP/1.1 with keep-alive.
// Argument: ANSWERS, a JSON object of {"contentType", "bodyBase64"} by the function's name; "" is for all others.
// Prints {"lambda": PORT, "backend": PORT}.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
)

type answer struct {
	ContentType string `json:"contentType"`
	BodyBase64  string `json:"bodyBase64"`
}

type answers struct {
	Functions map[string]answer `json:"functions"`
	// The backend's answers: to a request without and with the header x-tier.
	Backend string `json:"backend"`
	Tiered  string `json:"tiered"`
}

func main() {
	// One thread: a second one would use the core that the server under test needs.
	runtime.GOMAXPROCS(1)
	var given answers
	check(json.Unmarshal([]byte(os.Args[1]), &given))
	functions := map[string][]byte{}
	for name, one := range given.Functions {
		body, err := base64.StdEncoding.DecodeString(one.BodyBase64)
		check(err)
		functions[name] = response(one.ContentType, body,
			"x-amzn-RequestId: 8f6b5c1e-3c55-4f0e-9d3a-1f1a2b3c4d5e\r\n"+
				"X-Amz-Executed-Version: $LATEST\r\n"+
				"X-Amzn-Trace-Id: Root=1-683b9e00-1234567890abcdef12345678;Sampled=0\r\n")
	}
	plain := response("application/json", []byte(given.Backend), "")
	tiered := response("application/json", []byte(given.Tiered), "")

	lambda := serve(func(head []byte) []byte {
		_, after, _ := bytes.Cut(head, []byte("/functions/"))
		name, _, _ := bytes.Cut(after, []byte("/"))
		if found, ok := functions[string(name)]; ok {
			return found
		}
		return functions[""]
	})
	backend := serve(func(head []byte) []byte {
		if bytes.Contains(head, []byte("\r\nx-tier:")) {
			return tiered
		}
		return plain
	})
	fmt.Printf("{\"lambda\":%d,\"backend\":%d}\n", lambda, backend)
	// Exit together with the process that holds stdin open.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func response(contentType string, body []byte, headers string) []byte {
	head := "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jun 2026 00:00:00 GMT\r\nContent-Type: " + contentType +
		"\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n" + headers + "\r\n"
	return append([]byte(head), body...)
}

func serve(respond func(head []byte) []byte) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			connection, err := listener.Accept()
			check(err)
			go converse(connection, respond)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func converse(connection net.Conn, respond func(head []byte) []byte) {
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 64<<10)
	var head []byte
	for {
		head = head[:0]
		for {
			line, err := reader.ReadSlice('\n')
			if err != nil {
				return
			}
			head = append(head, line...)
			if len(line) <= 2 {
				break
			}
		}
		if discardBody(reader, head) != nil {
			return
		}
		if _, err := connection.Write(respond(head)); err != nil {
			return
		}
	}
}

func discardBody(reader *bufio.Reader, head []byte) error {
	if header(head, "transfer-encoding") == "chunked" {
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				return err
			}
			size, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
			if err != nil {
				return err
			}
			if _, err := reader.Discard(int(size) + 2); err != nil {
				return err
			}
			if size == 0 {
				return nil
			}
		}
	}
	length, _ := strconv.Atoi(header(head, "content-length"))
	_, err := reader.Discard(length)
	return err
}

func header(head []byte, name string) string {
	for line := range bytes.Lines(head) {
		key, value, found := bytes.Cut(line, []byte(":"))
		if found && len(key) == len(name) && strings.EqualFold(string(key), name) {
			return strings.TrimSpace(string(value))
		}
	}
	return ""
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
