#!/usr/bin/env bash
# Builds examples/ping with Docker and with Bazel, on the same base, and compares
# the layers of its RUN entry by entry: type, mode, owner, size, data, links,
# capabilities. Every difference must have one of the reasons below; any other
# is printed, and the script fails.
#
#   e2e/docker/compare_run.sh [DIRECTORY]     as root, on a host with dockerd
#
# DOCKER is the client, by default `docker`. It must support BuildKit. A separate daemon
# is started, with its data in DIRECTORY (by default a temporary one), and stopped at the
# end.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${1:-}
docker=${DOCKER:-docker}
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
[[ $(id -u) == 0 ]] || { echo "compare_run: dockerd needs root" >&2; exit 1; }
command -v dockerd >/dev/null ||
  { echo "compare_run: dockerd not found: install docker.io" >&2; exit 1; }

cd "$top"
tools/bazel build //tools/layer_index //examples/ping:image \
  @debian//:debian.rootfs
tools/bazel build --output_groups=layers //examples/ping:image
layer_index=$(tools/bazel cquery --output=files //tools/layer_index 2>/dev/null)
rootfs=$(tools/bazel cquery --output=files @debian//:debian.rootfs 2>/dev/null)
ours=$(tools/bazel cquery --output=files --output_groups=layers \
  //examples/ping:image 2>/dev/null | grep '/run\.[^/]*\.layer\.tar$')
cp -L "$layer_index" "$work/layer_index"
cp -L "$ours" "$work/ours.tar"
cp -L "$rootfs" "$work/base.tar"

socket=unix://$work/docker.sock
dockerd --data-root="$work/data" --exec-root="$work/exec" --host="$socket" \
  --pidfile="$work/dockerd.pid" --bridge=none --iptables=false \
  >"$work/dockerd.log" 2>&1 &
dockerd_pid=$!
stop_daemon() {
  kill "$dockerd_pid" 2>/dev/null || return 0
  wait "$dockerd_pid" || true
}
trap 'stop_daemon; [[ -n ${1:-} ]] || rm -rf "$work"' EXIT
for _ in $(seq 60); do
  "$docker" --host="$socket" version >/dev/null 2>&1 && break
  sleep 1
done

"$docker" --host="$socket" import --change 'CMD ["bash"]' "$work/base.tar" \
  debian:latest >/dev/null
DOCKER_BUILDKIT=1 "$docker" --host="$socket" build --network=host --tag=ping \
  examples/ping >"$work/docker_build.log" 2>&1 ||
  { cat "$work/docker_build.log" >&2; exit 1; }
mkdir -p "$work/saved"
"$docker" --host="$socket" save ping | tar -x -C "$work/saved"
layers=$(grep -o '[0-9a-f]*/layer\.tar' "$work/saved/manifest.json")
cp -L "$work/saved/$(tail -n 1 <<<"$layers")" "$work/docker.tar"

# Prints one entry per line: path, tab, everything except times and offsets in the tar.
entries() {
  "$work/layer_index" --layer="$1" --index_out="$work/index"
  sed -E '1d; s/"(mtime|mtime_nanos|offset)":-?[0-9]+,?//g; s/,\}/}/
    s/^\{"path":"([^"]*)",/\1\t{/' "$work/index" | LC_ALL=C sort -t $'\t' -k 1,1
}
entries "$work/base.tar" >"$work/base.entries"
entries "$work/ours.tar" >"$work/ours.entries"
entries "$work/docker.tar" >"$work/docker.entries"

LC_ALL=C awk -F '\t' '
  FILENAME ~ /base/ { base[$1] = $2; next }
  FILENAME ~ /ours/ { ours[$1] = $2; paths[$1]; next }
  {
    # A directory marked opaque is two entries of the same path.
    if ($2 ~ /"type":"opaque"/) opaque[$1] = $2; else docker[$1] = $2
    paths[$1]
  }
  function reason(path) {
    if (ours[path] == "" && docker[path] == base[path])
      return "touched, but equal to the base: overlay2 keeps its copy"
    if (path ~ /^var\/(log|cache|lib)\// &&
        same_but_data(ours[path], docker[path]))
      return "data that tells of the run: its time, the size of its files"
    return ""
  }
  function same_but_data(a, b) {
    gsub(/"(digest|size)":("[^"]*"|[0-9]+),?/, "", a)
    gsub(/"(digest|size)":("[^"]*"|[0-9]+),?/, "", b)
    return a == b
  }
  END {
    for (path in opaque) {
      if (path in base) unexplained[path]
      else print path "/: opaque marker: overlay2 sets one on every new directory"
    }
    for (path in paths) {
      if (ours[path] == docker[path]) { equal++; continue }
      why = reason(path)
      if (why == "") unexplained[path]
      else print path ": " why
    }
    for (path in unexplained) {
      failed = 1
      printf "%s: UNEXPLAINED: ours %s, docker %s, base %s\n",
        path, ours[path], docker[path], base[path]
    }
    printf "%d entries are equal\n", equal
    exit failed
  }
' "$work/base.entries" "$work/ours.entries" "$work/docker.entries" | LC_ALL=C sort
