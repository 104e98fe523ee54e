#!/usr/bin/env bash
# Prints the path of a Bazel that needs no installation: that of the tool root,
# a private root with Bazel, a C++ compiler and the libraries of libraries.txt.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$here/private_root.sh"

make_toolroot() {
  "$here/fetch.sh" "$1" forky "$here/packages.txt"
  "$here/relocate.sh" "$1" "$2"
  "$here/configure.sh" "$1" "$2"
}

root=$(private_root toolroot 1400 make_toolroot \
  fetch.sh relocate.sh configure.sh packages.txt assumed.txt libraries.txt)
echo "$root/rd/bin/bazel"
