#!/usr/bin/env bash
# What layer_import writes for a blob, and its error for a damaged one.
set -euo pipefail
source tools/dev/shell_test.sh

readonly oci=application/vnd.oci.image.layer.v1.tar
readonly docker=application/vnd.docker.image.rootfs.diff.tar.gzip

digest_of() { echo "sha256:$(sha256sum <"$1" | cut -d' ' -f1)"; }

# import BLOB MEDIA_TYPE DIFF_ID: writes $scratch/out/{tar,index}.
import() {
  rm -rf "$scratch/out"
  mkdir "$scratch/out"
  tools/layer_import/layer_import --blob="$1" --media_type="$2" \
    --diff_id="$3" --tar_out="$scratch/out/tar" --index_out="$scratch/out/index"
}

# expect_refused MESSAGE BLOB MEDIA_TYPE DIFF_ID: nothing is left of it.
expect_refused() {
  local status=0
  import "${@:2}" 2>"$scratch/stderr" || status=$?
  expect_equal "$status" 1
  expect_equal "$(<"$scratch/stderr")" "layer_import: $1"
  expect_equal "$(ls "$scratch/out")" ''
}

make_layer() {
  mkdir -p "$scratch/root/etc"
  seq 10000 >"$scratch/root/etc/data"
  echo root:x:0:0::/: >"$scratch/root/etc/passwd"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
    -C "$scratch/root" -cf "$scratch/layer.tar" etc
  diff_id=$(digest_of "$scratch/layer.tar")
  tools/layer_index/layer_index --layer="$scratch/layer.tar" \
    --index_out="$scratch/index"
  local codec
  for codec in gzip zstd; do
    tools/layer_compress/layer_compress --layer="$scratch/layer.tar" \
      --codec="$codec" --blob_out="$scratch/$codec" \
      --descriptor_out="$scratch/$codec.json"
  done
}

test_any_codec_gives_the_same_tar_and_index() {
  make_layer
  local blob
  for blob in "gzip $oci+gzip" "gzip $docker" "zstd $oci+zstd" "layer.tar $oci"; do
    import "$scratch/${blob% *}" "${blob#* }" "$diff_id"
    cmp "$scratch/out/tar" "$scratch/layer.tar"
    cmp "$scratch/out/index" "$scratch/index"
  done
}

test_an_empty_layer_has_an_empty_index() {
  head -c 1024 /dev/zero >"$scratch/empty.tar"
  import "$scratch/empty.tar" "$oci" "$(digest_of "$scratch/empty.tar")"
  cmp "$scratch/out/tar" "$scratch/empty.tar"
  expect_equal "$(<"$scratch/out/index")" '{"version":1,"passwd":null,"group":null}'
}

test_the_first_bytes_tell_the_codec() {
  make_layer
  import "$scratch/zstd" "$oci+gzip" "$diff_id"
  cmp "$scratch/out/tar" "$scratch/layer.tar"
}

test_another_diff_id_is_refused() {
  make_layer
  local other
  other=$(digest_of "$scratch/gzip")
  expect_refused \
    "\"$scratch/gzip\": expected diff_id \"$other\", got \"$diff_id\"" \
    "$scratch/gzip" "$oci+gzip" "$other"
  expect_refused \
    'digest "md5:0": expected "sha256:<64 lower-case hex digits>"' \
    "$scratch/gzip" "$oci+gzip" md5:0
}

test_a_damaged_blob_is_refused() {
  make_layer
  head -c 2000 "$scratch/gzip" >"$scratch/cut.gz"
  expect_refused "\"$scratch/cut.gz\": gzip data is truncated" \
    "$scratch/cut.gz" "$oci+gzip" "$diff_id"
  head -c 2000 "$scratch/zstd" >"$scratch/cut.zst"
  expect_refused "\"$scratch/cut.zst\": zstd data is truncated" \
    "$scratch/cut.zst" "$oci+zstd" "$diff_id"
  head -c 2000 "$scratch/layer.tar" >"$scratch/cut.tar"
  expect_refused \
    "\"$scratch/cut.tar\": tar member \"etc/data\" at byte 512: unexpected end of archive" \
    "$scratch/cut.tar" "$oci" "$diff_id"
}

test_what_is_no_layer_is_refused() {
  make_layer
  echo text >"$scratch/text"
  expect_refused "\"$scratch/text\": not a tar archive" \
    "$scratch/text" "$oci" "$diff_id"
  expect_refused \
    "layer media type \"$oci+gzip+encrypted\": the layer is encrypted" \
    "$scratch/gzip" "$oci+gzip+encrypted" "$diff_id"
  expect_refused \
    'layer media type "text/html": expected a tar, tar+gzip or tar+zstd layer' \
    "$scratch/gzip" text/html "$diff_id"
  mkfifo "$scratch/fifo"
  expect_refused \
    "cannot read \"$scratch/fifo\": expected a regular file, got a FIFO" \
    "$scratch/fifo" "$oci" "$diff_id"
}

run_tests
