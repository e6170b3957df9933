// An ext_proc server as most people would write it in Go: with grpc-go, Envoy's own message types and aws-sdk-go-v2.
// Arguments: BEHAVIOUR ENDPOINT SOCKET. Prints `ready` when it listens.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	filter "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_proc/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	status "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc"
)

const maxMessageBytes = 16 << 20

type server struct {
	extproc.UnimplementedExternalProcessorServer
	behaviour string
	client    *lambda.Client
	payload   []byte
}

func main() {
	behaviour, endpoint, socket := os.Args[1], os.Args[2], os.Args[3]
	listener, err := net.Listen("unix", socket)
	check(err)
	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes))
	extproc.RegisterExternalProcessorServer(grpcServer, &server{
		behaviour: behaviour,
		client:    client(endpoint),
		payload:   []byte(`{"a":1}`),
	})
	fmt.Println("ready")
	check(grpcServer.Serve(listener))
}

func client(endpoint string) *lambda.Client {
	return lambda.New(lambda.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID:     "AKIDEXAMPLE",
				SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
			}, nil
		}),
		// The default keeps 10 idle connections: with 32 concurrent requests most connections would be closed and opened again.
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
			transport.MaxIdleConns = 256
			transport.MaxIdleConnsPerHost = 256
		}),
	})
}

func (s *server) Process(stream extproc.ExternalProcessor_ProcessServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			// Without graceful close Envoy ends every stream with RST_STREAM, which is not an error.
			return nil
		}
		reply, err := s.reply(stream.Context(), request)
		if err != nil {
			return err
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

func (s *server) reply(ctx context.Context, request *extproc.ProcessingRequest) (*extproc.ProcessingResponse, error) {
	if body := request.GetRequestBody(); body != nil {
		return s.invoke(ctx, body.GetBody())
	}
	switch s.behaviour {
	case "pass-through":
		return goOn(nil), nil
	case "body":
		return goOn(&filter.ProcessingMode{
			RequestHeaderMode:  filter.ProcessingMode_SEND,
			ResponseHeaderMode: filter.ProcessingMode_SKIP,
			RequestBodyMode:    filter.ProcessingMode_BUFFERED,
		}), nil
	default:
		return s.invoke(ctx, s.payload)
	}
}

func goOn(mode *filter.ProcessingMode) *extproc.ProcessingResponse {
	return &extproc.ProcessingResponse{
		Response:     &extproc.ProcessingResponse_RequestHeaders{RequestHeaders: &extproc.HeadersResponse{}},
		ModeOverride: mode,
	}
}

func (s *server) invoke(ctx context.Context, payload []byte) (*extproc.ProcessingResponse, error) {
	out, err := s.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: payload})
	if err != nil {
		return nil, err
	}
	return &extproc.ProcessingResponse{
		Response: &extproc.ProcessingResponse_ImmediateResponse{
			ImmediateResponse: &extproc.ImmediateResponse{
				Status: &status.HttpStatus{Code: status.StatusCode_OK},
				Headers: &extproc.HeaderMutation{SetHeaders: []*core.HeaderValueOption{{
					Header: &core.HeaderValue{Key: "content-type", RawValue: []byte("application/json")},
				}}},
				Body: out.Payload,
			},
		},
	}, nil
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
