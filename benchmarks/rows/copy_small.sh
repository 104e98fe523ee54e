# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# COPY of 10 000 files of 4 kB.
source "$benchmarks/shared/copy_row.sh"
fill() { files "$1" "$(size 10000 400)" 4096; }
copy_row "COPY of $(size 10000 400) files of 4 kB" fill
