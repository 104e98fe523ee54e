#!/usr/bin/env bash
# source_archive.sh NAME VERSIONS OUTPUT: packs the commit that is checked out as
# OUTPUT, a .tar.gz with the directory NAME. The file VERSIONS becomes its
# rules/toolchain/prebuilt/versions.bzl. The bytes depend on commit and arguments.
set -euo pipefail
shopt -s inherit_errexit

output=$(realpath "$3")
versions=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git archive --prefix="$1/" HEAD | tar --extract --directory="$scratch"
cp "$versions" "$scratch/$1/rules/toolchain/prebuilt/versions.bzl"
# ustar has no names as long as those of some tests.
tar --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner \
  --mode=go=rX,u+rw --mtime="@$(git log -1 --format=%ct)" --directory="$scratch" "$1" |
  gzip -n >"$output"
