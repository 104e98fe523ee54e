#!/usr/bin/env bash
# Fuzzes a parser with libFuzzer, AddressSanitizer and
# UndefinedBehaviorSanitizer, starting from what earlier runs have found and
# the testdata beside it.
#   tools/dev/fuzz.sh lib/tar/reader_fuzz.cc 60
# The seconds are the second argument, 60 by default. An input that fails is
# left in the directory that is printed.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "${BASH_SOURCE[0]}")/programs.sh"

if [[ ! -f ${1:-} || $1 != *_fuzz.cc ]]; then
  echo "usage: tools/dev/fuzz.sh DIRECTORY/NAME_fuzz.cc [SECONDS]" >&2
  exit 2
fi
directory=$(dirname "$1")
name=$(basename "$1" .cc)
clang=$(tools/bootstrap/fuzzroot.sh)
found=${XDG_CACHE_HOME:-~/.cache}/rules_dockerfile/fuzz

# A separate output base, or the ordinary build would have to start again.
bazel() {
  RD_BAZEL=toolroot tools/bazel --output_base="$found/output_base" --max_idle_secs=60 "$1" \
    --config=fuzz --repo_env=CC="$clang" --symlink_prefix=/ "${@:2}"
}

bazel build "//$directory:${name}_test"
program=$(bazel info bazel-bin)/$directory/${name}_test
mkdir -p "$found/$name"
corpus=("$found/$name")
for seeds in "$directory/testdata" "testdata/${name%_fuzz}"; do
  [[ ! -d $seeds ]] || corpus+=("$seeds")
done
echo "what is found goes to $found/$name"
"$program" -max_total_time="${2:-60}" -artifact_prefix="$found/$name." "${corpus[@]}"
