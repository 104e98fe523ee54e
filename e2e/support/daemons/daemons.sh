# Sourced by tests that start daemons: a directory $private for their files and logs,
# and $pids for their processes. Both are gone when the test ends.
# shellcheck shell=bash

pids=()
private=$(mktemp -d /tmp/daemons.XXXXXX)
readonly private
logs=$private
source "$(dirname "${BASH_SOURCE[0]}")/wait_for.sh"
source "$(dirname "${BASH_SOURCE[0]}")/registry.sh"
address='' registry_pid='' # of start_registry

clean_up() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  grep -o " $private/[^ ]*" /proc/mounts | sort -r | xargs -r umount || true
  rm -rf "$private"
}
trap clean_up EXIT

# Whether the host has the program; says so if not.
has() {
  command -v "$1" >/dev/null && return
  echo "skipped: no $1"
  return 1
}

# Ends the test unless the host has the programs.
require_programs() {
  local program
  for program in "$@"; do
    has "$program" || exit 0
  done
}

# Starts Docker's daemon; sets DOCKER_HOST. Requires root.
start_dockerd() {
  export DOCKER_HOST=unix://$private/docker.sock
  dockerd --data-root="$private/docker" --exec-root="$private/exec" \
    --pidfile="$private/docker.pid" --host="$DOCKER_HOST" \
    --iptables=false --bridge=none >"$private/dockerd.log" 2>&1 9>&- &
  pids+=($!)
  wait_for docker version
}
