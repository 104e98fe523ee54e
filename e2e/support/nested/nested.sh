# shellcheck shell=bash
# Sourced by tests that build a small workspace with a nested Bazel, as a user would.
# The nested Bazel uses the tools that the outer Bazel has built, so it does not
# compile them. All such tests share its server and caches.

set -euo pipefail

# The source tree: runfiles are links into it.
RULES_ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
readonly RUNFILES=$PWD
STATE=${XDG_CACHE_HOME:-$HOME/.cache}/rules_dockerfile/e2e-$(echo "$RULES_ROOT" | sha256sum | cut -c1-8)
WORKSPACE=$STATE/workspace
readonly RULES_ROOT STATE WORKSPACE
# How nested_bazel calls Bazel, which a test may change: arguments of env(1), startup
# flags, and the flags of all commands that build or analyze. The first of these say where
# the tools come from.
BAZEL_ENV=()
STARTUP_FLAGS=(--output_base="$STATE/output_base" --max_idle_secs=600)
BUILD_FLAGS=(--extra_toolchains=//prebuilt:toolchain)

# Creates an empty $WORKSPACE and changes into it. Arguments: the Dockerfiles that the
# test will write, as labels.
new_workspace() {
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock 9
  # The directory itself is kept: Bazel's server exits without it.
  mkdir -p "$WORKSPACE"
  find "$WORKSPACE" -mindepth 1 -delete
  mkdir "$WORKSPACE/prebuilt"
  cd "$WORKSPACE"
  local tool
  for tool in $TOOLS; do
    cp "$RUNFILES/tools/$tool/$tool" prebuilt/
  done
  cp "$RUNFILES/e2e/support/box/box" prebuilt/
  {
    echo 'load("@rules_dockerfile//rules:defs.bzl", "dockerfile_toolchain")'
    echo 'package(default_visibility = ["//visibility:public"])'
    echo 'exports_files(["box"])'
    echo 'toolchain(name = "toolchain", toolchain = ":tools", toolchain_type = "@rules_dockerfile//rules/toolchain:toolchain_type")'
    echo 'dockerfile_toolchain(name = "tools",'
    for tool in $TOOLS; do echo "    $tool = \"$tool\","; done
    echo ')'
  } >prebuilt/BUILD.bazel
  echo 'common --noenable_workspace' >.bazelrc
  {
    echo 'module(name = "e2e")'
    echo 'bazel_dep(name = "platforms", version = "1.1.0")'
    echo 'bazel_dep(name = "rules_dockerfile", version = "0.1.0")'
    echo "local_path_override(module_name = \"rules_dockerfile\", path = \"$RULES_ROOT\")"
    echo 'dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")'
    local dockerfile
    for dockerfile in "$@"; do echo "dockerfiles.file(path = \"$dockerfile\")"; done
    echo 'use_repo(dockerfiles, "dockerfiles")'
  } >MODULE.bazel
}

# Adds the base @debian, from the lock of examples/debian, in the package //debian.
add_debian_base() {
  mkdir -p debian
  touch debian/BUILD.bazel
  cp "$RULES_ROOT/examples/debian/packages.lock.json" debian/
  cat >>MODULE.bazel <<'END'
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(name = "debian", lock = "//debian:packages.lock.json")
use_repo(apt, "debian")
END
}

# Runs the nested Bazel.
nested_bazel() {
  local command=$1
  local flags=(--noshow_progress --color=no)
  shift
  case $command in
    shutdown) flags=() ;;
    clean | query) ;;
    *) flags+=("${BUILD_FLAGS[@]}") ;;
  esac
  env "${BAZEL_ENV[@]}" "$RULES_ROOT/tools/bazel" --nohome_rc "${STARTUP_FLAGS[@]}" \
    "$command" "${flags[@]}" "$@" 9>&-
}

# Builds; the output goes to $WORKSPACE/build.log.
build() {
  nested_bazel build --execution_log_json_file="$STATE/execution.json" --verbose_failures \
    "$@" >build.log 2>&1
}

# Builds and prints which actions of the rules ran: "DockerfileCopy 1 DockerfileRun 2".
actions_of_build() {
  build "$@" || {
    cat build.log >&2
    return 1
  }
  sed -n 's/^ *"mnemonic": "\(Dockerfile.*\)",$/\1/p' "$STATE/execution.json" |
    sort | uniq -c | while read -r count mnemonic; do echo "$mnemonic $count"; done | xargs
}

# Fails unless $2 equals $3; $1 names what is tested.
expect_equal() {
  if [[ $2 != "$3" ]]; then
    printf 'FAILED: %s\n  expected: %s\n  got:      %s\n' "$1" "$3" "$2" >&2
    exit 1
  fi
  echo "ok: $1"
}

# Fails unless the build of the other arguments fails with the message $2, which may
# have several lines; $1 names what is tested.
expect_failure() {
  local name=$1 message=$2
  shift 2
  if build "$@"; then
    echo "FAILED: $name: the build succeeded" >&2
    exit 1
  fi
  if [[ $(<build.log) != *"$message"* ]]; then
    printf 'FAILED: %s\n  expected: %s\n  got:\n' "$name" "$message" >&2
    cat build.log >&2
    exit 1
  fi
  echo "ok: $name"
}
