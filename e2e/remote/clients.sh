# shellcheck shell=bash disable=SC2034,SC2154,SC2164
# Sourced after servers.sh: clients that share only the servers.

# client NAME [FLAG...]: from now on nested_bazel is that of client NAME, a new one: with an
# empty home, its own output base, and these flags of builds.
client() {
  if [[ ${client:-} ]]; then nested_bazel shutdown; fi
  client=$1
  mkdir "$private/$client"
  BAZEL_ENV=(-u XDG_CACHE_HOME HOME="$private/$client" RD_TOOLROOT_DIR="${serverroot%/*}")
  STARTUP_FLAGS=(--output_base="$private/$client/output_base" --max_idle_secs=60)
  BUILD_FLAGS=(--extra_toolchains=//prebuilt:toolchain "${@:2}")
}

# Ends the clients' servers, then the daemons.
end_clients() {
  if [[ ${client:-} ]]; then nested_bazel shutdown || true; fi
  chmod -R u+w "$private" 2>/dev/null || true
  clean_up
}
trap end_clients EXIT

# Builds; prints how many actions ran in which way, by Bazel's execution
# log: "remote cache hit 47".
ways_of_build() {
  build "$@" || {
    cat build.log >&2
    return 1
  }
  tr -d ',\n' <"$STATE/execution.json" | sed 's/"commandArgs"/\n/g' |
    sed -nE 's/.*"runner": "([^"]*)".*/\1/p' | sort | uniq -c | sed -E 's/ *([0-9]+) (.*)/\2 \1/' | paste -sd' '
}

# The digests of all outputs, by path.
outputs() {
  (cd bazel-bin && find . -type f ! -name '*.params' ! -path '*.runfiles*' -exec sha256sum {} + | sort -k 2)
}

# Fails unless the outputs are those that $2 lists; $1 names what is tested. The compiler's .d files,
# which Bazel reads itself, are not among the outputs of a remote action.
expect_outputs() { expect_equal "$1" "$(diff <(echo "$2" | grep -v '\.d$') <(outputs | grep -v '\.d$') || true)" ""; }

# test_execution NAME TARGET...: builds with local workers, with the executor, and with the executor
# and an empty client.
test_execution() {
  local name=$1 here
  shift
  client "$name.local"
  expect_equal "$name: local workers" "$(ways_of_build "$@" | grep -o worker)" worker
  here=$(outputs)

  client "$name.remote" "${remote[@]}"
  expect_equal "$name: all actions run remotely" "$(ways_of_build "$@" | sed 's/ [0-9]*$//')" remote
  expect_outputs "$name: remote bytes are those of local workers" "$here"

  client "$name.second" "${remote[@]}"
  expect_equal "$name: an empty client runs nothing" "$(ways_of_build "$@" | sed 's/ [0-9]*$//')" "remote cache hit"
  expect_outputs "$name: its bytes are the same" "$here"
}
