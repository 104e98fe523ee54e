# Sourced by tests and benchmarks that start daemons, after they have set $logs, the
# directory of the daemons' logs.
# shellcheck shell=bash
logs=${logs:-}

# wait_for COMMAND...: until it succeeds, at most a minute. Else prints the end of
# the logs and fails.
wait_for() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "FAILED: does not succeed in a minute: $*" >&2
  tail -n 20 "$logs"/*.log >&2
  return 1
}
