# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# COPY of 100 000 files of 1 kB.
source "$benchmarks/shared/copy_row.sh"
fill() { files "$1" "$(size 100000 2000)" 1024; }
copy_row "COPY of $(size 100000 2000) files of 1 kB" fill 3
