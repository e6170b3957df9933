// The load generator of the benchmark: the same HTTP/1.1 request over and over, one at a time on each connection.
// Reads one JSON order per line from stdin and prints one JSON result per line; exits when stdin ends.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type order struct {
	URL         string            `json:"url"`
	Connections int               `json:"connections"`
	Requests    int64             `json:"requests"`
	Seconds     float64           `json:"seconds"`
	Method      string            `json:"method"`
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body"`
	// A body of another length counts as a failure: the answer came from the wrong place.
	ExpectBytes int `json:"expectBytes"`
}

type result struct {
	Requests   int64            `json:"requests"`
	Failures   int64            `json:"failures"`
	Reasons    map[string]int64 `json:"reasons"`
	Seconds    float64          `json:"seconds"`
	CPUSeconds float64          `json:"cpuSeconds"`
	// Number of requests by time: bucket N has those that took 1.01^N microseconds or more.
	Buckets map[int]int64 `json:"buckets"`
}

func main() {
	// One thread: the load generator must leave the second core to the measured programs.
	runtime.GOMAXPROCS(1)
	reader := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return
		}
		var given order
		check(json.Unmarshal(line, &given))
		out, err := json.Marshal(run(given))
		check(err)
		fmt.Println(string(out))
	}
}

// Idle connections, kept between orders: a slice of one second must not spend its time on opening new ones.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

var idle struct {
	sync.Mutex
	byAddress map[string][]*connection
}

func connect(address string) (*connection, error) {
	idle.Lock()
	kept := idle.byAddress[address]
	if len(kept) > 0 {
		idle.byAddress[address] = kept[:len(kept)-1]
		idle.Unlock()
		return kept[len(kept)-1], nil
	}
	idle.Unlock()
	made, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{made, bufio.NewReaderSize(made, 1<<14)}, nil
}

func keep(address string, one *connection) {
	idle.Lock()
	defer idle.Unlock()
	if idle.byAddress == nil {
		idle.byAddress = map[string][]*connection{}
	}
	idle.byAddress[address] = append(idle.byAddress[address], one)
}

type runner struct {
	order    order
	address  string
	request  []byte
	deadline time.Time
	sent     atomic.Int64
}

func run(given order) result {
	target, err := url.Parse(given.URL)
	check(err)
	all := &runner{order: given, address: target.Host, request: requestBytes(given, target)}
	started, cpu := time.Now(), cpuTime()
	all.deadline = started.Add(time.Duration(given.Seconds * float64(time.Second)))
	results := make([]result, given.Connections)
	var group sync.WaitGroup
	for index := range results {
		group.Go(func() { results[index] = all.connection() })
	}
	group.Wait()
	sum := result{Reasons: map[string]int64{}, Buckets: map[int]int64{}}
	for _, one := range results {
		sum.Requests += one.Requests
		sum.Failures += one.Failures
		for reason, count := range one.Reasons {
			sum.Reasons[reason] += count
		}
		for bucket, count := range one.Buckets {
			sum.Buckets[bucket] += count
		}
	}
	sum.Seconds = time.Since(started).Seconds()
	sum.CPUSeconds = (cpuTime() - cpu).Seconds()
	return sum
}

func requestBytes(given order, target *url.URL) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nhost: %s\r\n", given.Method, target.RequestURI(), target.Host)
	for name, value := range given.Headers {
		fmt.Fprintf(&text, "%s: %s\r\n", name, value)
	}
	if given.Body != "" {
		fmt.Fprintf(&text, "content-length: %d\r\n", len(given.Body))
	}
	text.WriteString("\r\n" + given.Body)
	return text.Bytes()
}

// Whether to send one more request: up to the number of requests if the order has one, otherwise until the time is over.
func (all *runner) next() bool {
	if all.order.Requests > 0 {
		return all.sent.Add(1) <= all.order.Requests
	}
	return time.Now().Before(all.deadline)
}

// Sends one connection's requests one after the other. A broken connection is replaced, and its request counts as failed.
func (all *runner) connection() result {
	own := result{Reasons: map[string]int64{}, Buckets: map[int]int64{}}
	var one *connection
	for all.next() {
		begun := time.Now()
		failure, closes, err := "", false, error(nil)
		if one == nil {
			one, err = connect(all.address)
		}
		if err == nil {
			_, err = one.Write(all.request)
		}
		if err == nil {
			failure, closes, err = all.receive(one.reader)
		}
		own.Requests++
		own.Buckets[bucket(time.Since(begun))]++
		if err != nil {
			failure = reason(err)
			// Connections are refused immediately: without a pause this loop would take all CPU time.
			time.Sleep(5 * time.Millisecond)
		}
		if failure != "" {
			own.Failures++
			own.Reasons[failure]++
		}
		if (err != nil || closes) && one != nil {
			one.Close()
			one = nil
		}
	}
	if one != nil {
		keep(all.address, one)
	}
	return own
}

func (all *runner) receive(reader *bufio.Reader) (failure string, closes bool, err error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return "", false, err
	}
	if len(line) < 12 {
		return "", false, errors.New("no HTTP")
	}
	status := string(line[9:12])
	length, chunked := 0, false
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return "", false, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		// Envoy writes its headers in lower case.
		if value, found := bytes.CutPrefix(line, []byte("content-length: ")); found {
			length, err = strconv.Atoi(string(value))
			if err != nil {
				return "", false, err
			}
		} else if bytes.Equal(line, []byte("transfer-encoding: chunked")) {
			chunked = true
		} else if bytes.Equal(line, []byte("connection: close")) {
			closes = true
		}
	}
	if chunked {
		length, err = discardChunks(reader)
	} else {
		_, err = reader.Discard(length)
	}
	if err != nil {
		return "", closes, err
	}
	if status != "200" {
		return "status " + status, closes, nil
	}
	if length != all.order.ExpectBytes {
		return fmt.Sprintf("a body of %d bytes", length), closes, nil
	}
	return "", closes, nil
}

func discardChunks(reader *bufio.Reader) (int, error) {
	total := 0
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if err != nil {
			return 0, err
		}
		if _, err := reader.Discard(int(size) + 2); err != nil {
			return 0, err
		}
		if size == 0 {
			return total, nil
		}
		total += int(size)
	}
}

func bucket(elapsed time.Duration) int {
	return int(math.Max(0, math.Log(float64(elapsed.Nanoseconds())/1000)/math.Log(1.01)))
}

func reason(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return "connection closed"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "connection refused"
	}
	return err.Error()
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
