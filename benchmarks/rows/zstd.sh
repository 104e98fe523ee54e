# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Compression of a layer with zstd.
source "$benchmarks/shared/compress_row.sh"
compress_row zstd "$(size 500 20)"
if has zstd; then
  to_file "zstd -3 -T1" zstd -3 -T1 -c "$layer"
  to_file "zstd -3 -T0" zstd -3 -T0 -c "$layer"
fi
contender SHA-256 bound sha256sum "$layer"
measure 3
