#!/usr/bin/env bash
# Prints the path of a directory with clang-format and shellcheck, of the same
# versions on every machine.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$here/private_root.sh"

make_lintroot() {
  local program
  "$here/fetch.sh" "$1" bookworm "$here/lint_packages.txt"
  mkdir "$1/run"
  for program in clang-format-14 shellcheck; do
    cat >"$1/run/${program%-14}" <<SCRIPT
#!/bin/sh
exec '$2/lib64/ld-linux-x86-64.so.2' --library-path '$2/usr/lib/x86_64-linux-gnu' \\
  '$2/usr/bin/$program' "\$@"
SCRIPT
  done
  chmod 755 "$1"/run/*
}

root=$(private_root lintroot 400 make_lintroot \
  fetch.sh lintroot.sh lint_packages.txt assumed.txt)
echo "$root/run"
