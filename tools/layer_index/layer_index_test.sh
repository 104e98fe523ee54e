#!/usr/bin/env bash
# layer_index: the index of a tar, or an error and no output.
set -euo pipefail

tool=tools/layer_index/layer_index
cd "${TEST_SRCDIR}/${TEST_WORKSPACE}"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

test_index_has_a_line_an_entry() {
  local index="${TEST_TMPDIR}/index"
  "${tool}" --layer=lib/tar/testdata/ustar.tar --index_out="${index}"
  [[ $(wc -l <"${index}") == 13 ]] || fail "lines: $(cat "${index}")"
  [[ $(head -1 "${index}") == '{"version":1,"passwd":null,"group":null}' ]] ||
    fail "header: $(head -1 "${index}")"
}

test_malformed_tar_is_an_error() {
  local message
  head -c 700 lib/tar/testdata/pax.tar >"${TEST_TMPDIR}/short"
  message=$("${tool}" --layer="${TEST_TMPDIR}/short" \
    --index_out="${TEST_TMPDIR}/none" 2>&1) && fail "a short tar was taken"
  [[ ${message} == "layer_index: tar member at byte 512: unexpected end of archive" ]] ||
    fail "message: ${message}"
  [[ ! -e ${TEST_TMPDIR}/none ]] || fail "output was left"
}

test_index_has_a_line_an_entry
test_malformed_tar_is_an_error
