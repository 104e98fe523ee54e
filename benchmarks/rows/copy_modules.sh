# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# COPY of a directory like node_modules: 25 000 files, most small, 446 MB.
source "$benchmarks/shared/copy_row.sh"
fill() {
  files "$1/small" "$(size 20000 400)" 4096
  files "$1/medium" "$(size 4500 100)" 32768 2
  files "$1/large" "$(size 400 100)" 393216 3
  files "$1/huge" "$(size 100 1)" 734003 4
}
copy_row "COPY of $(size '25 000 files, 446 MB' '600 files, 44 MB')" fill 3
