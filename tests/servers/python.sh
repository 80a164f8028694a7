#!/usr/bin/env bash
# Makes the Python environment of the interop tests: target/python, or the
# folder given. Does nothing where it is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${1:-target/python}
wanted="grpcio==1.* grpcio-tools==1.* grpcio-reflection==1.* grpcio-health-checking==1.* grpcio-status==1.*"

if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/wanted" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
python3 -m venv "$venv"
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted
echo "$wanted" > "$venv/wanted"
