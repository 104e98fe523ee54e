#!/usr/bin/env bash
# Makes the files of a release of the commit that is checked out.
#   tools/release/make_release.sh DIRECTORY REPOSITORY
# REPOSITORY is the URL of the project at its host.
# Writes what build_tools.sh writes, and rules_dockerfile-VERSION.tar.gz: the tree,
# with the tools' URLs and digests in rules/toolchain/prebuilt/versions.bzl.
set -euo pipefail
shopt -s inherit_errexit

if (($# != 2)); then
  echo "usage: tools/release/make_release.sh DIRECTORY REPOSITORY" >&2
  exit 2
fi
mkdir -p "$1"
directory=$(cd "$1" && pwd -P)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

changed=$(git status --porcelain)
if [[ -n $changed ]]; then
  printf 'make_release.sh: expected a clean checkout, got\n%s\n' "$changed" >&2
  exit 1
fi
tools/release/owner.sh
version=$(sed -n 's/^    version = "\(.*\)",$/\1/p' MODULE.bazel)
name=rules_dockerfile-$version

tools/release/build_tools.sh "$directory"

versions=$(mktemp)
trap 'rm -f "$versions"' EXIT
tools/release/write_versions.sh "$2/releases/download/v$version" "$directory/SHA256SUMS" \
  >"$versions"
tools/release/source_archive.sh "$name" "$versions" "$directory/$name.tar.gz"
cd "$directory"
sha256sum -- *.tar.?z >SHA256SUMS
