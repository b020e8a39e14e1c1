#!/bin/sh
# A test runs the recipes for a shell, which take answers apart with jq.
set -eu

if command -v jq >/dev/null; then exit 0; fi

what=jq
users='Some tests'
hint='apt-get install jq'
. "$(dirname "$0")/apt.sh"

echo "Installing jq for the tests ..."
{ apt update && apt install --no-install-recommends jq; } >"$log" 2>&1 || show_failure
