#!/usr/bin/env bash
# Fails unless each program of tools/ is in the lists from which the toolchain
# and docs/tools come.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

lists=rules/private/providers/dockerfile_tools_info.bzl
listed=$(sed -nE 's/^ +"([a-z_]+)",$/\1/p' "$lists" | LC_ALL=C sort)
found=$(for main in tools/*/main.cc; do basename "$(dirname "$main")"; done | LC_ALL=C sort)
failed=0
for tool in $(LC_ALL=C comm -13 <(uniq <<<"$listed") <(echo "$found")); do
  echo "$lists: expected tools/$tool in TOOLS or OTHER_TOOLS" >&2
  failed=1
done
for tool in $(LC_ALL=C comm -23 <(uniq <<<"$listed") <(echo "$found")); do
  echo "$lists: no such tool: tools/$tool" >&2
  failed=1
done
for tool in $(uniq -d <<<"$listed"); do
  echo "$lists: $tool is listed twice" >&2
  failed=1
done
exit "$failed"
