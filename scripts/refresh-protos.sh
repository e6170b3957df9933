#!/bin/sh
# Updates proto/ from the descriptors of Envoy's Go module, in the version that scripts/refresh-protos/go.mod names,
# and the TypeScript types from proto/. Needs Go and the network; running it twice changes nothing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

(cd "$root/scripts/refresh-protos" && go run . "$fresh")
find "$root/proto" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
cp -R "$fresh/." "$root/proto/"
node "$root/scripts/generate.mjs"
