#!/bin/sh
# The benchmarks of the service put load on it with wrk.
set -eu

if command -v wrk >/dev/null; then exit 0; fi

what=wrk
users='The benchmarks of the service'
hint='apt-get install wrk'
. "$(dirname "$0")/apt.sh"

echo "Installing wrk for the benchmarks ..."
{ apt update && apt install --no-install-recommends wrk; } >"$log" 2>&1 || show_failure
