# shellcheck shell=bash
# Sourced by the scripts that run `layer_run` directly, as root, at the top of the tree:
# sets up a Debian base and the modes in which a command can run on it.
#   work          a directory on disk, removed at the end
#   run_flags     flags of a RUN of $work/instruction, with outputs in $work/out
#   sandbox       prefix of a command: Bazel's sandbox, which maps one id
#   mirrors       flags: the mirrors of the host's apt, which are also those of the base

[[ $(id -u) == 0 ]] || { echo "$0: requires root" >&2 && exit 1; }
# The tools of the toolchain are linked statically: they run as any user and on other
# hosts.
tools/bazel build -c opt //rules/toolchain:layer_run //tools/layer_record //tools/layer_index @debian//:debian.rootfs
install_base=$(tools/bazel info install_base)
rootfs=$(tools/bazel cquery -c opt --output=files @debian//:debian.rootfs 2>/dev/null | grep '\.tar$')
rootfs=$(tools/bazel info -c opt execution_root)/$rootfs

work=$(mktemp -d "/var/tmp/$(basename "$0" .sh).XXXXXX")
clean_up() {
  rm -rf "$work" "/dev/shm/$(basename "$work")".*
}
trap clean_up EXIT
chmod 755 "$work"
bin=$(tools/bazel info -c opt bazel-bin)
cp "$bin"/{rules/toolchain/layer_run,tools/layer_record/layer_record,tools/layer_index/layer_index} "$work/"
cp "$install_base/linux-sandbox" "$rootfs" "$work/"
mv "$work/$(basename "$rootfs")" "$work/base.tar"
# Copies of libraries that other users can read.
mkdir "$work/lib"
libc=$(ldd "$install_base/linux-sandbox" | sed -n 's/.*=> \(.*libc.so.6\) .*/\1/p')
ldd "$install_base/linux-sandbox" | sed -n 's/.*=> \(.*\.so\..*\) .*/\1/p' | xargs -I{} cp -L {} "$work/lib/"
cp -L "$(dirname "$libc")"/ld-linux-*.so.* "$work/lib/"
chmod -R a+rX "$work"/l*
# shellcheck disable=SC2034  # used by the scripts that source this
sandbox=("$work"/lib/ld-linux-*.so.* --library-path "$work/lib" "$work/linux-sandbox"
  -W "$work/out" -w "$work/out" -w /dev/shm -N --)
"$work/layer_index" --layer="$work/base.tar" --index_out="$work/base.index"
echo '{"args": [], "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "platform": "linux/amd64", "shell": [], "user": "", "workdir": "/"}' >"$work/state"
mkdir -m 1777 "$work/out"

run_flags=("--instruction=$work/instruction" "--state=$work/state"
  "--layer=$work/base.tar" "--index=$work/base.index" "--layer_out=$work/out/layer.tar"
  "--index_out=$work/out/layer.index" "--step_out=$work/out/step")

mirrors=()
while read -r url; do mirrors+=("--mirror=$(basename "$url")=${url%/}"); done < <(
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u)

# record INSTRUCTION: runs it with the network and sets `locked`, the flags to run it
# again without.
record() {
  local flag mirror url sha256
  echo "$1" >"$work/instruction"
  "$work/layer_record" "${run_flags[@]}" "${mirrors[@]}" --stage=0 --platform=linux/amd64 \
    --lock_out="$work/lock" >"$work/record.log" 2>&1 || { tail "$work/record.log" >&2 && return 1; }
  locked=(--network=locked --relock=none "--network_lock=$work/lock" "${mirrors[@]}")
  mkdir -p "$work/blobs"
  while IFS=$'\t' read -r url sha256; do
    for flag in "${mirrors[@]}"; do
      mirror=${flag#--mirror=}
      url=${url/#mirror:${mirror%%=*}\//${mirror#*=}/}
    done
    curl -sSf -o "$work/blobs/$sha256" "$url"
    echo "$sha256  $work/blobs/$sha256" | sha256sum --check --quiet
    locked+=("--network_blob=$sha256=$work/blobs/$sha256")
  done < <(sed -nE 's/.*"url":"([^"]+)","status":200,"sha256":"([0-9a-f]+)".*/\1\t\2/p' "$work/lock" | sort -u -k2)
}
