#!/usr/bin/env bash
# Accepts what the given tests produce as their golden files.
#   tools/dev/update_goldens.sh //lib/tar:reader_test …
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
for test in "$@"; do
  UPDATE_GOLDENS="$top" tools/bazel run "$test"
done
