#!/bin/sh
# A test runs the proxy of docs/proxy. Debian's package would start a server of its own as well; a policy prevents that.
set -eu

if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then exit 0; fi

what=nginx
users='Some tests'
hint='apt-get install nginx-light'
. "$(dirname "$0")/apt.sh"

echo "Installing nginx for the tests ..."
policy=/usr/sbin/policy-rc.d
[ -e $policy ] && had=yes || had=no
{
    apt update &&
    { [ $had = yes ] || printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy && $as_root chmod +x $policy; } &&
    apt install --no-install-recommends nginx-light
} >"$log" 2>&1 && installed=yes || installed=no
[ $had = yes ] || $as_root rm -f $policy
[ "$installed" = yes ] || show_failure
