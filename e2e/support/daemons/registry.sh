# Sourced by tests that start a registry, after they have set $logs, the directory of the
# daemons' logs.
# shellcheck shell=bash
logs=${logs:-}

# start_registry [YAML]: starts Debian's docker-registry, whose files and log are in
# $logs, with HTTP unless YAML says otherwise. That is added to its configuration, whose
# last section is "http:". Sets $address and $registry_pid, and adds that to $pids.
start_registry() {
  local tries
  for ((tries = 0; tries < 20; tries++)); do
    address=127.0.0.1:$((20000 + RANDOM % 20000))
    cat >"$logs/registry.yml" <<END
version: 0.1
storage: {filesystem: {rootdirectory: $logs/storage}}
http:
  addr: $address
${1:-}
END
    : >"$logs/registry.log"
    docker-registry serve "$logs/registry.yml" >>"$logs/registry.log" 2>&1 9>&- &
    registry_pid=$!
    pids+=("$registry_pid")
    while kill -0 "$registry_pid" 2>/dev/null; do
      if grep -q "listening on" "$logs/registry.log"; then return; fi
      sleep 0.1
    done
  done
  echo "FAILED: the registry does not start" >&2
  cat "$logs/registry.log" >&2
  exit 1
}

# Prints how many requests in the registry's log begin with the pattern of `grep -E`.
requests() { # PATTERN
  grep -cE "\"$1" "$logs/registry.log" || true
}
