# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: this project as a user of a release has it, with prebuilt tools, in a
# workspace of a row, $work/row/workspace, with its own Bazel server.

set_up_tools() {
  if [[ ! $archive ]]; then
    (cd "$tree" && tools/bazel build -c opt //tools/release:archive >&2)
    archive=$(cd "$tree" && tools/bazel info -c opt bazel-bin 2>/dev/null)/tools/release/tools.tar
  fi
  tar -xf "$archive" -C "$work" --transform='s,^bin,tools,'
  # What `bazel` is for a user: without the search of tools/bazel.
  bazel=${RD_BAZEL:-$(command -v bazelisk || "$tree/tools/bootstrap/toolroot.sh")}
}

# new_workspace DOCKERFILE_LABEL...: an empty one, in which `workspace_bazel` builds.
new_workspace() {
  local name
  workspace=$work/row/workspace
  mkdir -p "$workspace/prebuilt"
  cd "$workspace"
  ln "$work"/tools/* prebuilt/
  {
    echo 'load("@rules_dockerfile//rules:defs.bzl", "dockerfile_toolchain")'
    echo 'package(default_visibility = ["//visibility:public"])'
    echo 'toolchain(name = "toolchain", toolchain = ":tools", toolchain_type = "@rules_dockerfile//rules/toolchain:toolchain_type")'
    echo 'dockerfile_toolchain(name = "tools",'
    for name in "$work"/tools/*; do echo "    ${name##*/} = \"${name##*/}\","; done
    echo ')'
  } >prebuilt/BUILD.bazel
  printf '%s\n' 'common --noenable_workspace' 'common --extra_toolchains=//prebuilt:toolchain' \
    'build --incompatible_strict_action_env' 'build --materialize_param_files' >.bazelrc
  {
    echo 'module(name = "benchmark")'
    echo 'bazel_dep(name = "platforms", version = "1.1.0")'
    echo 'bazel_dep(name = "rules_dockerfile", version = "0.1.0")'
    echo "local_path_override(module_name = \"rules_dockerfile\", path = \"$tree\")"
    echo 'dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")'
    for name; do echo "dockerfiles.file(path = \"$name\")"; done
    echo 'use_repo(dockerfiles, "dockerfiles")'
  } >MODULE.bazel
  bazel_command=("$bazel" --nohome_rc "--output_base=$work/row/output_base" --max_idle_secs=600)
  bazel_flags=(--noshow_progress --color=no)
}

# workspace_bazel COMMAND ARGUMENT...
workspace_bazel() {
  local command=$1
  shift
  (cd "$workspace" && LC_ALL=C.UTF-8 "${bazel_command[@]}" "$command" "${bazel_flags[@]}" "$@")
}

# new_bare_workspace: one without these rules, $bare, with its own server:
# `"${bare_bazel[@]}" COMMAND`. What Bazel alone takes.
new_bare_workspace() {
  bare=$work/row/bare
  mkdir "$bare"
  echo 'module(name = "bare")' >"$bare/MODULE.bazel"
  echo 'common --noenable_workspace' >"$bare/.bazelrc"
  bare_bazel=(env -C "$bare" LC_ALL=C.UTF-8 "$bazel" --nohome_rc "--output_base=$work/row/bare_output_base" --max_idle_secs=600)
}

# Stops the servers of a row, and waits for their end.
stop_bazel() {
  local file pid
  for file in "$work"/row/*output_base/server/server.pid.txt; do
    [[ -e $file ]] || continue
    pid=$(<"$file")
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  done
}

# build TARGET...: with the log in $work/build.log.
build() { workspace_bazel build "$@" >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log" >&2 && return 1; }; }

# action MNEMONIC TARGET: sets $action, the command of the first such action of the target that has
# been built, to run by hand: `"${action[@]}"` overwrites its outputs. Its flags are in a param file
# that Bazel left, named like one of the outputs.
action() {
  local described tool output root
  described=$(workspace_bazel aquery "mnemonic(\"$1\", $2)" 2>/dev/null | sed '/^$/q')
  root=$(workspace_bazel info execution_root 2>/dev/null)
  tool=$(sed -n 's/^  Command Line: (exec \([^ ]*\).*/\1/p' <<<"$described")
  for output in $(sed -n 's/^  Outputs: \[\(.*\)\]$/\1/p' <<<"$described" | tr -d ,); do
    flags=$root/$output-0.params
    if [[ -e $flags ]]; then
      action=(env -C "$root" "$tool" "@$flags")
      return
    fi
  done
  echo "run.sh: no action $1 of $2 has left its flags" >&2
  return 1
}

# value_of_flag NAME: of $action.
value_of_flag() { sed -n "s/^--$1=//p" "$flags"; }

# spawn MNEMONIC TARGET: builds; sets $seconds, the time that Bazel and the worker took for the
# longest action of this kind. Without workers Bazel's sandbox is part of it.
spawn() {
  build --execution_log_json_file="$work/execution.json" "$2" || return
  seconds=$(jq -s --arg mnemonic "$1" \
    '[.[] | select(.mnemonic == $mnemonic) | .metrics.totalTime | rtrimstr("s") | tonumber] | max // empty' \
    "$work/execution.json")
  [[ $seconds ]] || { echo "no $1 ran" >"$work/log" && return 1; }
}

# write_image PACKAGE [ATTRIBUTE...]: //PACKAGE:image, of the Dockerfile that is standard input.
write_image() {
  mkdir -p "$workspace/$1"
  cat >"$workspace/$1/Dockerfile"
  {
    echo "load(\"@dockerfiles//$1:Dockerfile.bzl\", \"dockerfile_image\")"
    echo 'dockerfile_image('
    echo '    name = "image",'
    printf '    %s,\n' "${@:2}"
    echo '    visibility = ["//visibility:public"],'
    echo ')'
  } >>"$workspace/$1/BUILD.bazel"
}

# write_base PACKAGE MEGABYTES [SEED]: //PACKAGE:base, of a root file system, PACKAGE/base.tar.
write_base() {
  mkdir -p "$workspace/$1"
  write_rootfs "$workspace/$1/base.tar" "$2" "${3:-1}"
  cat >"$workspace/$1/BUILD.bazel" <<'BUILD'
load("@rules_dockerfile//rules:defs.bzl", "base_image")
base_image(
    name = "base",
    platform = "linux/amd64",
    rootfs = "base.tar",
    visibility = ["//visibility:public"],
)
BUILD
}

# ours_with_action MNEMONIC TARGET FUNCTION: two contenders, what a user has by default and the same
# action as one process, whose CPU and memory can be measured. FUNCTION ROUND makes Bazel run it again.
ours_with_action() {
  build "$2"
  action "$1" "$2"
  reported ours ours spawn "$1" "$2"
  before ours "$3"
  contender "ours, one process" ours "${action[@]}"
}
