#!/usr/bin/env bash
# Measures `RUN true` on a Debian base, in comparison with other programs that start a
# command in a root, and the RUN of examples/ping, live and locked, in comparison with
# `docker build`. Prints median and minimum of N runs each (by default 11), and the load.
# Usage, as root: benchmarks/run.sh [N]
# Includes runc and dockerd if they are installed. Does not change the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-11}

source benchmarks/run_setup.sh

record "$(grep '^RUN ' examples/ping/Dockerfile)"
mv "$work/instruction" "$work/ping.instruction"
echo 'RUN true' >"$work/instruction"

# measure LABEL COMMAND…
measure() {
  local label=$1 i start times=()
  shift
  if ! "$@" >"$work/log" 2>&1; then
    echo "$label: failed: $(tail -1 "$work/log")"
    return
  fi
  for ((i = 0; i < runs; i++)); do
    start=${EPOCHREALTIME/./}
    "$@" >/dev/null 2>&1
    times+=($((${EPOCHREALTIME/./} - start)))
  done
  printf '%s\n' "${times[@]}" | sort -n | awk -v label="$label" '
    { t[NR] = $1 / 1000 }
    END { printf "%-52s median %6.0f ms  minimum %6.0f ms\n", label, t[int((NR + 1) / 2)], t[1] }'
}

layer_run() { "$work/layer_run" "${run_flags[@]}" "$@"; }
ping_run() { layer_run --instruction="$work/ping.instruction" "$@"; }
snapshots="/dev/shm/$(basename "$work")"
# Without a line in /etc/subuid: nobody.
user=$(cut -d: -f1 /etc/subuid | head -1)
user=${user:-nobody}
as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)

echo "$(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg); $(wc -l <"$work/base.index") entries, $(($(stat -c %s "$work/base.tar") >> 20)) MiB; $runs runs"
for mode in real mapped emulated; do
  measure "layer_run, root, $mode ids, extracting" layer_run --mode=$mode
done
for mode in real emulated; do
  measure "layer_run, root, $mode ids, snapshot in memory" layer_run --mode=$mode --snapshot_cache="$snapshots.root"
  measure "layer_run, root, $mode ids, snapshot on disk" layer_run --mode=$mode --snapshot_cache="$work/snapshots"
done
rm -f "$work/out"/*
measure "layer_run, a user in linux-sandbox, extracting" "${as_user[@]}" "${sandbox[@]}" "$work/layer_run" "${run_flags[@]}"
measure "layer_run, a user in linux-sandbox, snapshot" "${as_user[@]}" "${sandbox[@]}" "$work/layer_run" "${run_flags[@]}" --snapshot_cache="$snapshots.user"
measure "linux-sandbox alone, a user" "${as_user[@]}" "${sandbox[@]}" /bin/true
rm -f "$work/out"/*

measure "ping's RUN, root, host's network" ping_run --network=host
measure "ping's RUN, root, locked" ping_run "${locked[@]}"
measure "ping's RUN, emulated ids, locked" ping_run --mode=emulated "${locked[@]}"

if command -v runc >/dev/null; then
  mkdir -p "$work/bundle/rootfs"
  tar -xf "$work/base.tar" -C "$work/bundle/rootfs"
  (cd "$work/bundle" && runc spec && sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"true"/' config.json)
  measure "runc run true, rootfs extracted before" runc --root "$work/runc" run --bundle "$work/bundle" benchmark
else
  echo "runc: not installed"
fi
if command -v dockerd >/dev/null && [[ -x /usr/bin/docker ]]; then
  export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=1
  dockerd --data-root "$work/docker" --exec-root "$work/docker.exec" --pidfile "$work/docker.pid" \
    --host "$DOCKER_HOST" --iptables=false --bridge=none >"$work/docker.log" 2>&1 &
  docker_pid=$!
  for _ in {1..100}; do
    if /usr/bin/docker version >/dev/null 2>&1; then break; fi
    sleep 0.2
  done
  /usr/bin/docker import "$work/base.tar" benchmark >/dev/null
  mkdir "$work/context"
  printf 'FROM benchmark\nRUN true\n' >"$work/context/Dockerfile"
  measure "docker build --no-cache, BuildKit" /usr/bin/docker build --no-cache --network none "$work/context"
  { echo FROM benchmark && cat "$work/ping.instruction"; } >"$work/context/Dockerfile"
  measure "ping's RUN, docker build --no-cache" /usr/bin/docker build --no-cache --network host "$work/context"
else
  echo "docker: not installed"
fi
echo "load at the end $(cut -d' ' -f1-3 /proc/loadavg)"
