#!/usr/bin/env bash
# The Starlark outline of each Dockerfile in the tree equals the parser's own.
set -euo pipefail

directory=$(cd "$(dirname "$CORPUS")" && pwd)
passed=0 failed=0
while read -r number path; do
  file=$directory/files/$number
  # What the parser refuses has no outline of its own.
  if ! "$PARSE" --dockerfile="$file.Dockerfile" --filename="$path" --outline_json >/dev/null 2>&1; then
    continue
  fi
  if "$PARSE" --dockerfile="$file.Dockerfile" --filename="$path" --lint=off --check_outline="$file.json"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $path" >&2
  fi
done <"$CORPUS"
echo "$passed passed, $failed failed"
((failed == 0 && passed > 100))
