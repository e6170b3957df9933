// Invokes a function many times with the AWS SDK for Go and prints what one invocation cost, as JSON.
// Arguments: ENDPOINT COUNT CONCURRENCY.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func main() {
	endpoint := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	concurrency, err := strconv.Atoi(os.Args[3])
	check(err)
	payload, err := json.Marshal(map[string]string{
		"id": "4711", "path": "/orders/4711", "tier": "gold", "body": strings.Repeat("x", 200),
	})
	check(err)
	client := lambda.New(lambda.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID:     "AKIDEXAMPLE",
				SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
			}, nil
		}),
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
			transport.MaxIdleConnsPerHost = concurrency
		}),
	})

	drive(client, payload, (count+2)/3, concurrency)
	before := cpuMicros()
	times := drive(client, payload, count, concurrency)
	after := cpuMicros()
	sort.Float64s(times)
	out, err := json.Marshal(map[string]float64{
		"cpuMicros": float64(after-before) / float64(count),
		"p50Ms":     times[count/2],
		"p99Ms":     times[count*99/100],
		"rssMiB":    rssMiB(),
	})
	check(err)
	fmt.Println(string(out))
}

func drive(client *lambda.Client, payload []byte, count int, concurrency int) []float64 {
	times := make([]float64, count)
	var next atomic.Int64
	var group sync.WaitGroup
	for range concurrency {
		group.Go(func() {
			for index := next.Add(1) - 1; index < int64(count); index = next.Add(1) - 1 {
				started := time.Now()
				out, err := client.Invoke(context.Background(), &lambda.InvokeInput{
					FunctionName: aws.String("order-enrich"),
					Payload:      payload,
				})
				check(err)
				if len(out.Payload) == 0 {
					panic("an empty answer")
				}
				times[index] = float64(time.Since(started).Nanoseconds()) / 1e6
			}
		})
	}
	group.Wait()
	return times
}

func cpuMicros() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
}

func rssMiB() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	check(err)
	pages, err := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	check(err)
	return pages * float64(os.Getpagesize()) / (1 << 20)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
