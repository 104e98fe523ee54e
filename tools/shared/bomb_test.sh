#!/usr/bin/env bash
# An import takes the same memory whatever its blobs unfold to.
set -euo pipefail
source tools/dev/shell_test.sh

# watch COMMAND: prints the memory that it took, in KiB, and its exit code. Its
# outputs are in $out.
watch() {
  tools/dev/faults/fault --fault=none --result_out="$scratch/result" -- "$@" \
    2>"$scratch/stderr"
  rm -r "$out"
  sed -n 's/^exit=\([0-9]*\) .* rss=\([0-9]*\) .*/\2 \1/p' "$scratch/result"
}

# import ROOTFS
import() {
  local out=$scratch/out.$RANDOM
  watch tools/base_import/base_import --rootfs="$1" --platform=linux/amd64 \
    --layers_out="$out/layers" --indexes_out="$out/indexes" \
    --config_out="$out/config.json"
}

# import_layer BLOB DIFF_ID
import_layer() {
  local out=$scratch/out.$RANDOM
  mkdir "$out"
  watch tools/layer_import/layer_import --blob="$1" --diff_id="$2" \
    --media_type=application/vnd.oci.image.layer.v1.tar+gzip \
    --tar_out="$out/tar" --index_out="$out/index"
}

# expect_little MEMORY: of what a small import takes, and 32 MiB.
expect_little() {
  local small
  echo >"$scratch/small"
  tar -C "$scratch" -cf "$scratch/small.tar" small
  small=$(import "$scratch/small.tar")
  (($1 < ${small% *} + 32768)) || {
    echo "it took $1 KiB, and a small import ${small% *}" >&2
    return 1
  }
}

# The header of an extended header of 1 GiB.
huge_extended_header() {
  local fields sum byte
  fields=$(printf 'x%99s0000644@0000000@0000000@10000000000@00000000000@%8sx%100sustar@00%247s' \
    '' '' '' '' | tr ' @' '@@')
  # The checksum counts its own field as spaces.
  sum=$((8 * 32))
  while read -r byte; do ((sum += byte)); done < <(
    printf '%s' "$fields" | tr '@' '\0' | od -An -v -tu1 -w1
  )
  printf '%s%06o@ %s' "${fields:0:148}" "$sum" "${fields:156}" | tr '@' '\0'
}

test_zeros_are_a_large_file() {
  truncate -s 1G "$scratch/zeros"
  tar -C "$scratch" -c zeros | gzip -1 >"$scratch/bomb.tar.gz"
  local took
  took=$(import "$scratch/bomb.tar.gz")
  expect_equal "${took#* }" 0
  expect_little "${took% *}"
  took=$(import_layer "$scratch/bomb.tar.gz" \
    "sha256:$(zcat "$scratch/bomb.tar.gz" | sha256sum | cut -d' ' -f1)")
  expect_equal "$(<"$scratch/stderr")" ''
  expect_equal "${took#* }" 0
  expect_little "${took% *}"
}

test_a_large_extended_header_is_refused() {
  { huge_extended_header && head -c 1G /dev/zero; } | gzip -1 >"$scratch/bomb.tar.gz"
  local took
  took=$(import "$scratch/bomb.tar.gz")
  expect_equal "${took#* }" 1
  expect_equal "$(<"$scratch/stderr")" \
    "base_import: \"$scratch/bomb.tar.gz\": layer 1 of 1: tar member \"x\" at byte 0: extended header is too large"
  expect_little "${took% *}"
  took=$(import_layer "$scratch/bomb.tar.gz" "sha256:$(printf '%064d' 0)")
  expect_equal "${took#* }" 1
  expect_equal "$(<"$scratch/stderr")" \
    "layer_import: \"$scratch/bomb.tar.gz\": tar member \"x\" at byte 0: extended header is too large"
  expect_little "${took% *}"
}

run_tests
