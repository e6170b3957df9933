// Writes the .proto files of Envoy's external processing service, from the descriptors in Envoy's own Go module. The module's
// version is Envoy's version, so go.mod is the only place that defines for which Envoy the files are.
// Descriptors have no comments; the comments are in Envoy's API documentation.
//
// Usage: go run . DIRECTORY
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(directory string) error {
	files := map[string]protoreflect.FileDescriptor{}
	collect(extproc.File_envoy_service_ext_proc_v3_external_processor_proto, files)

	printer := protoprint.Printer{Compact: true, SortElements: false}
	paths := make([]string, 0, len(files))
	for path := range files {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	for _, path := range paths {
		text, err := printer.PrintProtoToString(files[path])
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		target := filepath.Join(directory, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

// collect gathers a file and all its imports, except google/protobuf/*, which are part of every protobuf library.
func collect(file protoreflect.FileDescriptor, into map[string]protoreflect.FileDescriptor) {
	path := file.Path()
	if strings.HasPrefix(path, "google/protobuf/") || into[path] != nil {
		return
	}
	into[path] = file
	imports := file.Imports()
	for i := 0; i < imports.Len(); i++ {
		collect(imports.Get(i).FileDescriptor, into)
	}
}
