# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# COPY of one file of 1 GB.
source "$benchmarks/shared/copy_row.sh"
fill() { mkdir "$1" && bytes "$(size 1000 20)" >"$1/file"; }
copy_row "COPY of one file of $(size 1000 20) MB" fill 3
