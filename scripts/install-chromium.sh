#!/bin/sh
# The browser test drives Debian's Chromium. This installs it where nobody's password is needed; elsewhere the test
# skips and says so, except in CI, where a skipped test would pass for a passed one.
set -eu

if command -v chromium >/dev/null; then exit 0; fi

give_up() {
    echo "No Chromium: $1. The browser test needs it ('apt-get install chromium')." >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
}

command -v apt-get >/dev/null || give_up "this system has no apt-get"
if [ "$(id -u)" -eq 0 ]; then
    as_root=env
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n env'
else
    give_up "installing it takes root"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@"; }
echo "Installing Chromium for the browser test ..."
if ! { apt update && apt install --no-install-recommends chromium fonts-liberation; } >"$log" 2>&1; then
    tail -5 "$log" >&2
    give_up "apt-get could not install it"
fi
