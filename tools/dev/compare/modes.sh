#!/usr/bin/env bash
# Installs packages (by default that of examples/ping) on a Debian base in each mode that
# the host supports for RUN, with a locked network. Prints for each mode the time, the
# digest of its layer, and the number of entries that differ from the first mode in
# metadata (owners, modes, links, devices, capabilities, times) and in data.
# Usage, as root: tools/dev/compare/modes.sh [PACKAGE…]
# Ordinary users are included if /etc/subuid lists one. Does not change the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
packages=("${@:-iputils-ping}")
source tools/dev/compare/run_setup.sh

record "RUN apt update && DEBIAN_FRONTEND=noninteractive apt install -y ${packages[*]}"
mkdir -m 1777 "$work/first"
printf '%s cores, load %s; %s installed, %s requests, %s MiB\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)" \
  "$(grep -c '^Setting up' "$work/record.log") packages" "$(grep -c '"method"' "$work/lock")" \
  "$(($(du -sb "$work/blobs" | cut -f1) >> 20))"

# Prints an index without the fields that depend on the order of the data in the layer.
metadata() { sed -E 's/,"(size|offset|digest)":("[^"]*"|[0-9]+)//g' "$1"; }
data() { sed -nE 's/.*"path":("[^"]*").*"digest":("[^"]*").*/\1 \2/p' "$1"; }
# Prints the paths of lines that are in only one of two files.
differing() {
  LC_ALL=C comm -3 <(LC_ALL=C sort "$1") <(LC_ALL=C sort "$2") | sed -E 's/^\s*(\{"path":)?("[^"]*").*/\2/' | sort -u
}

# compare LABEL COMMAND…
compare() {
  local label=$1 start
  shift
  rm -f "$work/out"/*
  start=${EPOCHREALTIME/./}
  if ! "$@" >"$work/log" 2>&1; then
    echo "$label: failed: $(tail -1 "$work/log")"
    return
  fi
  start=$(((${EPOCHREALTIME/./} - start) / 1000))
  [[ -e "$work/first/layer.index" ]] || cp "$work/out"/layer.* "$work/first/"
  printf '%-44s %6d ms  %s  %6d entries, %d differ in metadata, %d in data\n' "$label" "$start" \
    "$(sha256sum "$work/out/layer.tar" | cut -c1-16)" "$(wc -l <"$work/out/layer.index")" \
    "$(differing <(metadata "$work/first/layer.index") <(metadata "$work/out/layer.index") | tee -a "$work/differ" | wc -l)" \
    "$(differing <(data "$work/first/layer.index") <(data "$work/out/layer.index") | tee -a "$work/differ" | wc -l)"
}

run=("$work/layer_run" "${run_flags[@]}" "${locked[@]}")

compare "root, real ids" "${run[@]}" --mode=real
compare "root, real ids, again" "${run[@]}" --mode=real
compare "root, mapped ids" "${run[@]}" --mode=mapped
compare "root, emulated ids" "${run[@]}" --mode=emulated
compare "root, emulated, no overlay, disk, one core" "${run[@]}" --other_conditions
compare "root, in linux-sandbox" "${sandbox[@]}" "${run[@]}"
user=$(cut -d: -f1 /etc/subuid | head -1)
if [[ -n $user ]]; then
  as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
  compare "an ordinary user, emulated ids" "${as_user[@]}" "${run[@]}" --mode=emulated
  compare "an ordinary user, mapped ids" "${as_user[@]}" "${run[@]}" --mode=mapped
  compare "an ordinary user, in linux-sandbox" "${as_user[@]}" "${sandbox[@]}" "${run[@]}"
else
  echo "no user in /etc/subuid: ordinary users are skipped"
fi
[[ ! -s $work/differ ]] || { echo "entries that differ in any mode:" && sort "$work/differ" | uniq -c; }
echo "load at the end $(cut -d' ' -f1-3 /proc/loadavg)"
