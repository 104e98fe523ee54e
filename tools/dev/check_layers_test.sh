#!/usr/bin/env bash
# Which includes are allowed.
set -euo pipefail
source tools/dev/shell_test.sh

# complaints FILE HEADER: about a tree in which FILE includes HEADER.
complaints() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/tools/dev" "$scratch/tree/$(dirname "$1")"
  cp tools/dev/{check_layers,programs}.sh "$scratch/tree/tools/dev"
  printf '// First.\n#include "%s"\n' "$2" >"$scratch/tree/$1"
  "$scratch/tree/tools/dev/check_layers.sh" || true
}

test_lower_rows_are_seen() {
  expect_equal "$(complaints lib/layer/a.h lib/tar/entry.h)" ""
  expect_equal "$(complaints tools/layer_run/main.cc lib/sandbox/a.h)" ""
}

test_own_library_is_seen() {
  expect_equal "$(complaints lib/layer/a.cc lib/layer/a.h)" ""
}

test_upper_rows_are_not_seen() {
  expect_equal "$(complaints lib/tar/a.h lib/oci/b.h)" \
    "lib/tar/a.h:2: lib/tar includes lib/oci: it must not know it"
  expect_equal "$(complaints lib/base/a.h tools/x/b.h)" \
    "lib/base/a.h:2: lib/base includes tools: tools has no row in tools/dev/check_layers.sh"
}

test_own_row_is_not_seen() {
  expect_equal "$(complaints lib/json/a.h lib/tar/b.h)" \
    "lib/json/a.h:2: lib/json includes lib/tar: it must not know it"
}

test_a_directory_below_has_its_own_row() {
  expect_equal "$(complaints lib/dockerfile/stages/a.h lib/dockerfile/syntax/b.h)" ""
  expect_equal "$(complaints lib/dockerfile/stages/a.h lib/dockerfile/stages/b.h)" ""
  expect_equal "$(complaints lib/dockerfile/syntax/a.h lib/dockerfile/stages/b.h)" \
    "lib/dockerfile/syntax/a.h:2: lib/dockerfile/syntax includes lib/dockerfile/stages: it must not know it"
}

test_a_directory_without_a_row_belongs_to_the_one_above() {
  expect_equal "$(complaints lib/tar/deep/a.h lib/tar/b.h)" ""
  expect_equal "$(complaints lib/tar/deep/a.h lib/oci/b.h)" \
    "lib/tar/deep/a.h:2: lib/tar includes lib/oci: it must not know it"
}

test_sandbox_knows_nothing_of_images() {
  expect_equal "$(complaints lib/sandbox/a.h lib/rootfs/b.h)" ""
  expect_equal "$(complaints lib/sandbox/a.h lib/oci/b.h)" \
    "lib/sandbox/a.h:2: lib/sandbox includes lib/oci: it must not know it"
}

test_library_without_a_row_is_named() {
  expect_equal "$(complaints lib/new/a.h lib/tar/b.h)" \
    "lib/new/a.h:2: lib/new includes lib/tar: lib/new has no row in tools/dev/check_layers.sh"
}

test_only_tests_see_testing() {
  expect_equal "$(complaints lib/tar/a_test.cc lib/testing/golden.h)" ""
  expect_equal "$(complaints lib/tar/tar_testing.h lib/testing/golden.h)" ""
  expect_equal "$(complaints lib/tar/a.cc lib/testing/golden.h)" \
    "lib/tar/a.cc:2: lib/tar includes lib/testing: only tests may"
}

test_only_e2e_sees_e2e() {
  expect_equal "$(complaints e2e/support/box/box.cc e2e/support/box/fetch.h)" ""
  expect_equal "$(complaints e2e/conformance/runner/main.cc lib/oci/b.h)" ""
  expect_equal "$(complaints tools/layer_run/main.cc e2e/support/box/fetch.h)" \
    "tools/layer_run/main.cc:2: tools includes e2e: only e2e may"
}

run_tests
