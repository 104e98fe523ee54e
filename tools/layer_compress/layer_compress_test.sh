#!/usr/bin/env bash
# layer_compress: blob and descriptor agree, and bytes depend on the layer alone.
set -euo pipefail

tool=tools/layer_compress/layer_compress
layer=lib/tar/testdata/pax.tar
cd "${TEST_SRCDIR}/${TEST_WORKSPACE}"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

digest() { echo "sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }

test_descriptor_describes_blob_and_layer() {
  local codec=$1 suffix=$2 blob="${TEST_TMPDIR}/blob" want
  "${tool}" --layer="${layer}" --codec="${codec}" --blob_out="${blob}" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  want=$(
    cat <<JSON
{
  "mediaType": "application/vnd.oci.image.layer.v1.tar${suffix}",
  "digest": "$(digest "${blob}")",
  "size": $(stat -c %s "${blob}"),
  "diff_id": "$(digest "${layer}")"
}
JSON
  )
  [[ $(cat "${TEST_TMPDIR}/descriptor") == "${want}" ]] ||
    fail "${codec}: expected ${want}, got $(cat "${TEST_TMPDIR}/descriptor")"
}

test_estargz_is_gzip_with_a_table_of_contents() {
  local blob="${TEST_TMPDIR}/estargz" want
  "${tool}" --layer="${layer}" --codec=estargz --blob_out="${blob}" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  gzip -dc <"${blob}" >"${blob}.tar"
  tar -xOf "${blob}.tar" stargz.index.json >"${blob}.json"
  want=$(
    cat <<JSON
{
  "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
  "digest": "$(digest "${blob}")",
  "size": $(stat -c %s "${blob}"),
  "annotations": {
    "containerd.io/snapshot/stargz/toc.digest": "$(digest "${blob}.json")"
  },
  "diff_id": "$(digest "${blob}.tar")"
}
JSON
  )
  [[ $(cat "${TEST_TMPDIR}/descriptor") == "${want}" ]] ||
    fail "estargz: expected ${want}, got $(cat "${TEST_TMPDIR}/descriptor")"
}

test_gzip_can_read_the_blob() {
  "${tool}" --layer="${layer}" --blob_out="${TEST_TMPDIR}/gzip" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  gzip -dc <"${TEST_TMPDIR}/gzip" | cmp - "${layer}"
}

# Runs a reader that this machine may lack: it has to print the layer.
check_reader() {
  local layer=$1 blob=$2
  shift 2
  if ! command -v "$1" >/dev/null; then
    echo "skipped: no $1"
    return
  fi
  "$@" <"${blob}" | cmp - "${layer}" || fail "$* does not read ${blob}"
}

# Of many blocks, and of several frames of zstd.
test_other_programs_read_a_large_blob() {
  local large="${TEST_TMPDIR}/large" blob="${TEST_TMPDIR}/large.blob"
  seq 5000000 >"${large}"
  "${tool}" --layer="${large}" --blob_out="${blob}" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  grep -qF "\"diff_id\": \"$(digest "${large}")\"" "${TEST_TMPDIR}/descriptor" ||
    fail "diff_id: $(cat "${TEST_TMPDIR}/descriptor")"
  check_reader "${large}" "${blob}" gzip -dc
  check_reader "${large}" "${blob}" pigz -dc
  # What reads the first member only, as some programs do.
  check_reader "${large}" "${blob}" /usr/bin/python3 -c '
import sys, zlib
sys.stdout.buffer.write(zlib.decompressobj(31).decompress(sys.stdin.buffer.read()))'
  "${tool}" --layer="${large}" --codec=zstd --blob_out="${blob}" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  check_reader "${large}" "${blob}" zstd -dc
  check_reader "${large}" "${blob}" bsdtar -cf - --format=raw @-
}

test_plain_blob_is_the_layer() {
  "${tool}" --layer="${layer}" --codec=none --blob_out="${TEST_TMPDIR}/plain" \
    --descriptor_out="${TEST_TMPDIR}/descriptor"
  cmp "${TEST_TMPDIR}/plain" "${layer}"
}

test_failure_leaves_no_output() {
  local message
  message=$("${tool}" --layer="${layer}" --level=12 \
    --blob_out="${TEST_TMPDIR}/none" --descriptor_out="${TEST_TMPDIR}/none.json" \
    2>&1) && fail "level 12 was taken"
  [[ ${message} == "layer_compress: gzip has no level 12: expected 1 to 9" ]] ||
    fail "message: ${message}"
  [[ -z $(find "${TEST_TMPDIR}" -name 'none*') ]] || fail "output was left"
}

test_descriptor_describes_blob_and_layer gzip +gzip
test_descriptor_describes_blob_and_layer zstd +zstd
test_descriptor_describes_blob_and_layer none ""
test_estargz_is_gzip_with_a_table_of_contents
test_gzip_can_read_the_blob
test_other_programs_read_a_large_blob
test_plain_blob_is_the_layer
test_failure_leaves_no_output
