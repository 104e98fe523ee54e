# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by the rows of compression.

# compress_row KIND MEGABYTES: starts a row with ours; sets $layer, the tar that it compresses.
compress_row() {
  new_workspace //app:Dockerfile
  bazel_flags+=("--@rules_dockerfile//rules/settings:compression=$1")
  write_image app 'srcs = glob(["src/**"])' < <(printf 'FROM scratch\nCOPY src /src\n')
  mkdir "$workspace/app/src"
  bytes "$2" >"$workspace/app/src/file"
  workspace_bazel build --output_groups=+blobs,+layers //app:image >"$work/build.log" 2>&1
  action DockerfileCompress //app:image
  layer=${action[2]}/$(value_of_flag layer)

  row "$1 of a layer of $2 MB"
  contender ours ours "${action[@]}"
  noted ours size_of "${action[2]}/$(value_of_flag blob_out)"
}

# size_of FILE: in MB.
size_of() { awk -v size="$(stat -c %s "$1")" 'BEGIN { printf "%.1f MB\n", size / 1e6 }'; }

# to_file WHO COMMAND...: a peer that prints what it compresses.
to_file() {
  contender "$1" peer sh -c 'out=$1; shift; "$@" >"$out"' _ "$work/row/out" "${@:2}"
  before "$1" remove_output
  noted "$1" size_of "$work/row/out"
}
remove_output() { rm -f "$work/row/out"; }
