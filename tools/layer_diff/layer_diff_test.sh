#!/usr/bin/env bash
# layer_diff: prints differences, writes the layer between, flattens.
set -euo pipefail

tool=tools/layer_diff/layer_diff
data=lib/tar/testdata
cd "${TEST_SRCDIR}/${TEST_WORKSPACE}"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

test_equal_stacks_differ_in_nothing() {
  local diff
  diff=$("${tool}" --lower="${data}/pax.tar" --upper="${data}/pax.tar")
  [[ -z ${diff} ]] || fail "diff: ${diff}"
}

test_differences_are_printed() {
  local diff
  diff=$("${tool}" --lower="${data}/v7.tar" --upper="${data}/ustar.tar" |
    grep -v '/lll')
  [[ ${diff} == "A dir/fifo fifo 0644 0:0
A dir/loop block 0644 0:0 7:5
A dir/null char 0644 0:0 1:3" ]] || fail "diff: ${diff}"
}

test_written_layer_turns_lower_into_upper() {
  local layer="${TEST_TMPDIR}/layer" diff
  "${tool}" --lower="${data}/v7.tar" --upper="${data}/gnu.tar" \
    --layer_out="${layer}"
  diff=$("${tool}" --lower="${data}/gnu.tar" --upper="${data}/v7.tar" \
    --upper="${layer}")
  [[ -z ${diff} ]] || fail "diff: ${diff}"
}

test_flattened_stack_shows_the_same_tree() {
  local layer="${TEST_TMPDIR}/flat" diff
  "${tool}" --flatten --upper="${data}/v7.tar" --upper="${data}/gnu.tar" \
    --layer_out="${layer}"
  diff=$("${tool}" --lower="${layer}" --upper="${data}/v7.tar" \
    --upper="${data}/gnu.tar")
  [[ -z ${diff} ]] || fail "diff: ${diff}"
}

test_equal_stacks_differ_in_nothing
test_differences_are_printed
test_written_layer_turns_lower_into_upper
test_flattened_stack_shows_the_same_tree
