#!/bin/sh
# The browser test drives Debian's Chromium.
set -eu

if command -v chromium >/dev/null; then exit 0; fi

what=Chromium
users='Some tests'
hint='apt-get install chromium'
. "$(dirname "$0")/apt.sh"

echo "Installing Chromium for the browser test ..."
{ apt update && apt install --no-install-recommends chromium fonts-liberation; } >"$log" 2>&1 || show_failure
