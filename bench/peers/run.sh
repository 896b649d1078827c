#!/bin/sh
# Halftone against onnxruntime.quantization: makes the Python environment, builds, quantizes with both, measures both, prints
# one table and writes bench/results/peers.json. Arguments go to the program: --models, --calibrations, --images, --evaluation.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
sh "$here/setup.sh"
cd "$here/../.."
TURBO_TELEMETRY_DISABLED=1 npx --no-install turbo run build --filter=@halftone/bench... --output-logs=errors-only --ui=stream
exec node bench/dist/peers.js "$@"
