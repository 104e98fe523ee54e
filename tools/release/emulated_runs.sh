#!/usr/bin/env bash
# Tests the tools for arm64 on amd64, with QEMU's user mode emulation.
#   tools/release/emulated_runs.sh DIRECTORY
# DIRECTORY has the archives for both platforms, from build_tools.sh. Their programs
# must have the same names, those for arm64 must be statically linked, and on the same
# inputs, those of the fault runs, both must give the same bytes: files, text, exit
# code, and what they send to a server.
# The emulation has neither seccomp nor a clone(2) into namespaces. So what starts a
# sandbox is left out.
set -euo pipefail
shopt -s inherit_errexit

if (($# != 1)); then
  echo "usage: tools/release/emulated_runs.sh DIRECTORY" >&2
  exit 2
fi
directory=$(cd "$1" && pwd -P)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8
readonly platforms=(linux_amd64 linux_arm64)

declare -A archives
for platform in "${platforms[@]}"; do
  found=$(find "$directory" -maxdepth 1 -name "rules_dockerfile_tools-*-$platform.tar.xz" \
    -printf '%f\n' | sort)
  if [[ -z $found || $found == *$'\n'* ]]; then
    echo "emulated_runs.sh: $1: expected one archive for $platform, got: $(xargs <<<"$found")" >&2
    exit 1
  fi
  archives[$platform]=$directory/$found
done

bazel=$(tools/bootstrap/toolroot.sh)
readelf=${bazel%/rd/bin/bazel}/usr/bin/readelf
xz=$(tools/release/releaseroot.sh)/host/usr/bin/xz
qemu=$(tools/release/emulatorroot.sh)
tools/bazel build //e2e/support/box //lib/sandbox/testing:probe //tools/dev/faults:server
bin=$(tools/bazel info bazel-bin 2>/dev/null)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
in=$work/in
out=$work/out
mkdir "$in"
failures=0

# shellcheck source=tools/dev/faults/fault_cases.sh
source tools/dev/faults/fault_cases.sh
# shellcheck source=tools/dev/faults/case_inputs.sh
source tools/dev/faults/case_inputs.sh

# use PLATFORM: sets $tools, the directory with its programs, and $emulator.
use() {
  tools=$work/$1/bin
  emulator=()
  if [[ $1 == linux_arm64 ]]; then emulator=("$qemu"); fi
}

# In place of that of fault_cases.sh.
tool() { command=("$tools/$1" "${@:2}"); }

# Tools that have no case there.
case_deb_extract() {
  tool deb_extract --deb="$in/package.deb" --epoch=1 --layer_out="$out/layer" \
    --index_out="$out/index"
}
case_deb_file() {
  tool deb_file --deb="$in/package.deb" --path=usr/data --file_out="$out/data"
}
before_image_lock() { before_pull; }
case_image_lock() {
  tool image_lock --insecure --lock="$out/lock" --name=lock \
    --image="linux/amd64,$address/a/b:v1"
}

make_package() {
  mkdir -p "$in/package/DEBIAN" "$in/package/usr"
  cp "$in/data" "$in/package/usr"
  printf '%s\n' 'Package: data' 'Version: 1' 'Architecture: all' 'Maintainer: a' 'Description: a' \
    >"$in/package/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$in/package" "$in/package.deb" >/dev/null
}

# complain WHAT
complain() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

unpack() {
  mkdir "$work/$1"
  "$xz" --decompress --stdout "${archives[$1]}" | tar -x -C "$work/$1"
}

check_headers() {
  local program headers
  for program in "$work"/linux_arm64/bin/*; do
    headers=$("$readelf" --file-header --program-headers --wide "$program")
    [[ $headers =~ Machine:\ +AArch64 ]] ||
      complain "${program##*/}: expected a program for AArch64"
    [[ ! $headers =~ INTERP ]] ||
      complain "${program##*/}: expected no interpreter, a statically linked program"
  done
}

# run: runs $command on the platform in use; writes its text and exit code.
run() {
  local exit_code=0
  TMPDIR=$work timeout 600 "${emulator[@]}" "${command[@]}" \
    >"$work/text" 2>&1 </dev/null || exit_code=$?
  echo "exit code $exit_code" >>"$work/text"
}

# Every program starts, and says what is missing.
check_starts() {
  local name
  for name in "${names[@]}"; do
    for platform in "${platforms[@]}"; do
      use "$platform"
      tool "$name"
      run
      mv "$work/text" "$work/text.$platform"
    done
    cmp -s "$work"/text.* || complain "$name without arguments: $(diff "$work"/text.*)"
  done
}

# run_case CASE PLATFORM
run_case() {
  rm -rf "$out"
  mkdir "$out"
  use linux_amd64
  if speaks "$1"; then ask /forget; fi
  if declare -F "before_$1" >/dev/null; then "before_$1"; fi
  use "$2"
  "case_$1"
  run
  ! speaks "$1" || ask /state >"$work/served"
}

# compare CASE: runs it on both; what amd64 writes is the input of later cases.
compare() {
  run_case "$1" linux_amd64
  if [[ $(tail -n 1 "$work/text") != "exit code 0" ]]; then
    echo "FAILED: $1 on amd64"
    cat "$work/text"
    exit 1
  fi
  cp -r "$out" "$in/$1"
  mv "$work/text" "$in/$1.text"
  ! speaks "$1" || mv "$work/served" "$in/$1.served"
  run_case "$1" linux_arm64
  diff "$in/$1.text" "$work/text" || complain "$1: its text"
  diff -r -I "$recorded" "$in/$1" "$out" || complain "$1: its files"
  ! speaks "$1" || diff "$in/$1.served" "$work/served" || complain "$1: what it sends"
  ran+=("${command[0]##*/}")
}

for platform in "${platforms[@]}"; do unpack "$platform"; done
mapfile -t names < <(ls "$work/linux_arm64/bin")
diff <(ls "$work/linux_amd64/bin") <(printf '%s\n' "${names[@]}") || complain "the names of the programs"
check_headers
check_starts
echo "${#names[@]} programs that start: $failures failures"

start_server
trap 'kill "$server"; rm -rf "$work"' EXIT
make_inputs
make_package
ran=()
left_out=()
for name in "${cases[@]}" deb_extract deb_file image_lock; do
  "case_$name"
  if is_sandboxed "$name" || [[ ! -e ${command[0]} ]]; then
    left_out+=("$name")
  else
    before=$failures
    compare "$name"
    echo "$name: $((failures - before)) failures"
  fi
done
echo "left out: ${left_out[*]}"
echo "only started: $(comm -23 <(printf '%s\n' "${names[@]}") <(printf '%s\n' "${ran[@]}" | sort -u) | xargs)"
((failures == 0))
