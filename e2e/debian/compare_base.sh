#!/usr/bin/env bash
# Installs the packages of examples/debian with debootstrap and with the rules,
# and compares the root file systems entry by entry: type, mode, owner, size,
# data, links, capabilities. Every difference must have one of the reasons
# below; any other is printed, and the script fails.
#
#   e2e/debian/compare_base.sh      as root, on a host with debootstrap
#
# The lock file must be up to date: debootstrap installs the newest packages.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ $(id -u) == 0 ]] || { echo "compare_base: debootstrap needs root" >&2; exit 1; }
command -v debootstrap >/dev/null ||
  { echo "compare_base: debootstrap not found" >&2; exit 1; }

cd "$top"
tools/bazel build //tools/layer_index @debian//:debian.rootfs
layer_index=$(tools/bazel cquery --output=files //tools/layer_index 2>/dev/null)
rootfs=$(tools/bazel cquery --output=files @debian//:debian.rootfs 2>/dev/null)
cp -L "$layer_index" "$work/layer_index"
cp -L "$rootfs" "$work/ours.tar"

# debootstrap supports one suite: updates and security updates are installed by an
# upgrade from the sources of the image.
tar -x -f "$work/ours.tar" -C "$work" etc/apt/sources.list.d/debian.sources
sources=$work/etc/apt/sources.list.d/debian.sources
mirror=$(sed -n 's/^URIs: //p' "$sources" | head -n 1)
suite=$(sed -n 's/^Suites: \([^ ]*\).*/\1/p' "$sources" | head -n 1)
debootstrap --variant=minbase "$suite" "$work/root" "$mirror" >"$work/log"
cp "$sources" "$work/root/etc/apt/sources.list.d/"
chroot "$work/root" sh -c \
  'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y upgrade' \
  >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
tar -c --numeric-owner --xattrs --sort=name -C "$work/root" -f "$work/theirs.tar" .

# Prints one entry per line: path, tab, everything except times and offsets in the tar.
entries() {
  "$work/layer_index" --layer="$1" --index_out="$work/index"
  sed -E '1d; s/"(mtime|mtime_nanos|offset)":-?[0-9]+,?//g; s/,\}/}/
    s/^\{"path":"([^"]*)",/\1\t{/; /^\t/d' "$work/index" | LC_ALL=C sort -t $'\t' -k 1,1
}
entries "$work/ours.tar" >"$work/ours.entries"
entries "$work/theirs.tar" >"$work/theirs.entries"

LC_ALL=C awk -F '\t' '
  FILENAME ~ /ours/ { ours[$1] = $2; paths[$1]; next }
  { theirs[$1] = $2; paths[$1] }
  function reason(path) {
    if (path ~ /^dev\//) return "a container has its own devices"
    if (path ~ /^etc\/(hostname|resolv\.conf|fstab)$/) return "the machine of debootstrap"
    if (path ~ /^etc\/apt\/sources\.list$/) return "sources.list.d/debian.sources"
    if (path ~ /\/docker-|policy-rc\.d$/) return "settings of an image"
    if (path ~ /^etc\/shadow-?$/) return "the day of the build"
    if (path ~ /^var\/cache\/apt\/|^var\/lib\/apt\//) return "downloads"
    if (path ~ /^var\/log\/|-old$|aux-cache$|^run\//) return "tells of the run"
    if (path == "var/lib/dpkg/available") return "a list of dselect: empty"
    if (path == "var/lib/dpkg/status") return "priorities: the archive may override those of a package"
    return ""
  }
  END {
    for (path in paths) {
      if (ours[path] == theirs[path]) { equal++; continue }
      why = reason(path)
      if (why != "") { print path ": " why; continue }
      failed = 1
      printf "%s: UNEXPLAINED: ours %s, theirs %s\n", path, ours[path], theirs[path]
    }
    printf "%d entries are equal\n", equal
    exit failed
  }
' "$work/ours.entries" "$work/theirs.entries" | LC_ALL=C sort
