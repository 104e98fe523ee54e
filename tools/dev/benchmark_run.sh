#!/usr/bin/env bash
# Times `RUN true` on a Debian base, beside what else starts a command in a
# root, and the RUN of examples/ping, live and locked, beside `docker build`:
# prints median and minimum of N runs each (default 11), and the load.
# Usage, as root: tools/dev/benchmark_run.sh [N]
# Compares with runc and dockerd where they are installed; changes nothing of
# the machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=${1:-11}

tools/bazel build -c opt //tools/layer_run //tools/layer_index @debian//:debian.rootfs //examples/ping:locked
bin=$(tools/bazel info -c opt bazel-bin)
install_base=$(tools/bazel info install_base)
rootfs=$(tools/bazel cquery -c opt --output=files @debian//:debian.rootfs 2>/dev/null | grep '\.tar$')
rootfs=$(tools/bazel info -c opt execution_root)/$rootfs

work=$(mktemp -d /var/tmp/benchmark_run.XXXXXX)
docker_pid=
clean_up() {
  if [[ -n "$docker_pid" ]]; then
    kill "$docker_pid"
    wait "$docker_pid" || true
  fi
  rm -rf "$work" /dev/shm/benchmark_run.*
}
trap clean_up EXIT
cp "$bin/tools/layer_run/layer_run" "$bin/tools/layer_index/layer_index" "$work/"
cp "$rootfs" "$work/base.tar"
"$work/layer_index" --layer="$work/base.tar" --index_out="$work/base.index"
echo 'RUN true' >"$work/instruction"
grep '^RUN ' examples/ping/Dockerfile >"$work/ping.instruction"
lock_repo=$(find "$(tools/bazel info output_base)/external" -maxdepth 1 -type d -name '*dockerfiles_lock_*')
echo '{"args": [], "env": ["PATH=/usr/bin:/bin"], "platform": "linux/amd64", "shell": [], "user": "", "workdir": "/"}' >"$work/state"
mkdir "$work/out"

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

layer_run() {
  "$work/layer_run" --instruction="$work/instruction" --state="$work/state" \
    --layer="$work/base.tar" --index="$work/base.index" --layer_out="$work/out/layer.tar" \
    --index_out="$work/out/layer.index" --step_out="$work/out/step" "$@"
}
# It maps one id, whoever starts it: root is an ordinary user there.
in_sandbox() {
  "$install_base/linux-sandbox" -W "$work/out" -w "$work/out" -w /dev/shm -N -- "$work/layer_run" --instruction="$work/instruction" \
    --state="$work/state" --layer="$work/base.tar" --index="$work/base.index" \
    --layer_out="$work/out/user.tar" --index_out="$work/out/user.index" --step_out="$work/out/user.step" "$@"
}

# The RUN of examples/ping.
ping_run() { layer_run --instruction="$work/ping.instruction" "$@"; }
# Mirrors of a name are those of the machine's apt, which the base has too.
locked=(--network=locked --relock=none --network_lock="$(echo "$lock_repo"/runs/*.json)")
for blob in "$lock_repo"/blobs/*; do locked+=("--network_blob=${blob##*/}=$blob"); done
while read -r url; do locked+=("--mirror=$(basename "$url")=${url%/}"); done < <(
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u)

echo "$(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg); $(wc -l <"$work/base.index") entries, $(($(stat -c %s "$work/base.tar") >> 20)) MiB; $runs runs"
for mode in real emulated; do
  measure "layer_run, root, $mode ids, extracting" layer_run --mode=$mode
  measure "layer_run, root, $mode ids, snapshot in memory" layer_run --mode=$mode --snapshot_cache=/dev/shm/benchmark_run.root
  measure "layer_run, root, $mode ids, snapshot on disk" layer_run --mode=$mode --snapshot_cache="$work/snapshots"
done
measure "layer_run, in linux-sandbox (one id), extracting" in_sandbox
measure "layer_run, in linux-sandbox (one id), snapshot in memory" in_sandbox --snapshot_cache=/dev/shm/benchmark_run.sandbox
measure "linux-sandbox alone" "$install_base/linux-sandbox" -W "$work/out" -N -- /bin/true

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
