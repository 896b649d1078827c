#!/bin/sh
# Makes bench/peers/.venv with the pinned packages; does nothing when they are there. Python 3.10 or newer.
set -eu
cd "$(dirname "$0")"
stamp=.venv/.requirements
cmp -s requirements.txt "$stamp" && exit 0
"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
cp requirements.txt "$stamp"
