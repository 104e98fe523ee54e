#!/usr/bin/env bash
# Which lists of tools are complete.
set -euo pipefail
source tools/dev/shell_test.sh

lists=rules/private/providers/dockerfile_tools_info.bzl

# complaints LISTED… -- FOUND…: about a tree with these tools.
complaints() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/tools/dev" "$scratch/tree/$(dirname "$lists")"
  cp tools/dev/check_tools.sh "$scratch/tree/tools/dev"
  while [[ $1 != -- ]]; do
    echo "    \"$1\","
    shift
  done >"$scratch/tree/$lists"
  shift
  for tool; do
    mkdir "$scratch/tree/tools/$tool"
    touch "$scratch/tree/tools/$tool/main.cc"
  done
  "$scratch/tree/tools/dev/check_tools.sh" 2>&1 || true
}

test_complete_lists() {
  expect_equal "$(complaints b a_c -- a_c b)" ""
}

test_missing_tool() {
  expect_equal "$(complaints a -- a b)" "$lists: expected tools/b in TOOLS or OTHER_TOOLS"
}

test_tool_that_is_gone() {
  expect_equal "$(complaints a b -- a)" "$lists: no such tool: tools/b"
}

test_tool_that_is_listed_twice() {
  expect_equal "$(complaints a a -- a)" "$lists: a is listed twice"
}

run_tests
