# Sourced by the scripts that install what a test drives, where no password is needed for it. Elsewhere the test
# skips and says so, except in CI, where a skipped test would pass for a passed one. Needs $what, $users and $hint.
# shellcheck shell=sh

give_up() {
    echo "No $what: $1. $users need it ('$hint')." >&2
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
show_failure() { tail -5 "$log" >&2; give_up "apt-get could not install it"; }
