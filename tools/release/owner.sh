#!/usr/bin/env bash
# The owner of the project at its host is not known here: files that name it have
# the word OWNER in its place.
#   tools/release/owner.sh          fails, and lists the places, if there are any
#   tools/release/owner.sh NAME     writes NAME in their place
set -euo pipefail
shopt -s inherit_errexit

# tools/dev/lint.sh allows the word in no other file.
readonly files=(.bcr/metadata.template.json README.md)

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if (($# == 1)); then
  if [[ ! $1 =~ ^[A-Za-z0-9-]+$ ]]; then
    echo "owner.sh: expected a name of letters, digits and hyphens, got \"$1\"" >&2
    exit 2
  fi
  sed -i "s/\bOWNER\b/$1/g" "${files[@]}"
elif (($# > 1)); then
  echo "usage: tools/release/owner.sh [NAME]" >&2
  exit 2
elif grep -nw OWNER "${files[@]}" >&2; then
  echo "owner.sh: expected the owner of the project, got the word OWNER" >&2
  echo "hint: tools/release/owner.sh NAME" >&2
  exit 1
fi
