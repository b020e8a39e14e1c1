#!/bin/sh
# The tests start a private PostgreSQL in a temporary folder and need the server's programs for it. Debian's package
# would start a server of its own as well; a setting prevents that.
set -eu

if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi

what=PostgreSQL
users='Some tests'
hint='apt-get install postgresql'
. "$(dirname "$0")/apt.sh"

folder=/etc/postgresql-common/createcluster.d
without=$folder/namewright-tests.conf
echo "Installing PostgreSQL for the tests ..."
{
    apt update &&
    $as_root mkdir -p $folder &&
    echo 'create_main_cluster = false' | $as_root tee $without &&
    apt install --no-install-recommends postgresql
} >"$log" 2>&1 && installed=yes || installed=no
$as_root rm -f $without
[ "$installed" = yes ] || show_failure
