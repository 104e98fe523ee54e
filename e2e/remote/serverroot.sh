#!/usr/bin/env bash
# Prints the path of the server root: programs of Debian testing that need no
# installation, in ROOT/run: buildbox-casd, buildbox-run-hosttools, nginx and
# docker-registry.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$here/../../tools/bootstrap/private_root.sh"

# The programs are of a newer system: a script runs each with the loader and the
# libraries that came with it.
make_serverroot() {
  local program
  "$bootstrap/fetch.sh" "$1" forky "$here/packages.txt"
  mkdir "$1/run"
  for program in bin/buildbox-casd bin/buildbox-run-hosttools bin/docker-registry sbin/nginx; do
    cat >"$1/run/${program#*/}" <<SCRIPT
#!/bin/sh
exec '$2/lib64/ld-linux-x86-64.so.2' --library-path '$2/usr/lib/x86_64-linux-gnu' \\
  --argv0 "\$0" '$2/usr/$program' "\$@"
SCRIPT
  done
  chmod 755 "$1"/run/*
}

private_root serverroot 400 make_serverroot fetch.sh assumed.txt ../../e2e/remote/{serverroot.sh,packages.txt}
