# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Compression of a layer with gzip.
source "$benchmarks/shared/compress_row.sh"
compress_row gzip "$(size 500 20)"
if has pigz; then to_file "pigz -p$(nproc)" pigz "-p$(nproc)" -c "$layer"; fi
to_file gzip gzip -c "$layer"
contender SHA-256 bound sha256sum "$layer"
measure 3
