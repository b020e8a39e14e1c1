#!/bin/sh
# `make chaos` has clocks jump with it, and says so where it is missing.
set -eu

if command -v faketime >/dev/null; then exit 0; fi

what=libfaketime
users='Some runs of make chaos'
hint='apt-get install faketime'
. "$(dirname "$0")/apt.sh"

echo "Installing libfaketime for the tests ..."
{ apt update && apt install --no-install-recommends faketime; } >"$log" 2>&1 || show_failure
