#!/usr/bin/env bash
# Builds the prebuilt tools of a release: optimized, linked statically, stripped.
#   tools/release/build_tools.sh DIRECTORY [PLATFORM...]
# writes DIRECTORY/rules_dockerfile_tools-VERSION-PLATFORM.tar.xz for each
# platform, linux_amd64 and linux_arm64 by default; SHA256SUMS; and packages.lock,
# which names what they were built with. The same tree and packages give the same
# bytes, wherever they are.
set -euo pipefail
shopt -s inherit_errexit

if (($# == 0)); then
  echo "usage: tools/release/build_tools.sh DIRECTORY [PLATFORM...]" >&2
  exit 2
fi
mkdir -p "$1"
directory=$(cd "$1" && pwd -P)
shift
platforms=("$@")
((${#platforms[@]})) || platforms=(linux_amd64 linux_arm64)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bazel=$(tools/bootstrap/toolroot.sh)
toolroot=${bazel%/rd/bin/bazel}
releaseroot=$(tools/release/releaseroot.sh)
version=$(sed -n 's/^    version = "\(.*\)",$/\1/p' MODULE.bazel)
# Separate output bases, or the ordinary build would have to start again.
output_base=${RD_RELEASE_OUTPUT_BASE:-${XDG_CACHE_HOME:-~/.cache}/rules_dockerfile/release}

bazel() {
  RD_BAZEL=toolroot tools/bazel --output_base="$output_base-$platform" --max_idle_secs=60 "$1" \
    --compilation_mode=opt --features=fully_static_link --dynamic_mode=off --stripopt=--strip-all \
    --override_module=curl="$releaseroot/curl/$platform" --symlink_prefix=/ \
    "${compiler[@]}" "${@:2}"
}

for platform in "${platforms[@]}"; do
  # Messages of checks in headers name their file.
  compiler=("--copt=-ffile-prefix-map=$toolroot=" "--copt=-ffile-prefix-map=$releaseroot=")
  case $platform in
    linux_amd64) ;;
    # Bazel takes this compiler for the host's: the tools are all that it builds.
    linux_arm64)
      compiler+=(
        --repo_env=CC="$releaseroot/run/arm64/gcc"
        --repo_env=PATH="$releaseroot/run/arm64:$toolroot/rd/bin:/usr/bin:/bin"
      )
      ;;
    *)
      echo "build_tools.sh: expected linux_amd64 or linux_arm64, got $platform" >&2
      exit 2
      ;;
  esac
  bazel build //tools/release:archive
  # The tools have libraries in common: a fifth of the size with a large window.
  "$releaseroot/host/usr/bin/xz" --threads=1 --lzma2=preset=6,dict=64MiB --stdout \
    "$(bazel info bazel-bin)/tools/release/tools.tar" \
    >"$directory/rules_dockerfile_tools-$version-$platform.tar.xz"
done
cp "$releaseroot/packages.lock" "$directory"
cd "$directory"
sha256sum -- *.tar.xz >SHA256SUMS
