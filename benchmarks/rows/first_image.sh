# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# The first image of a newcomer: prebuilt tools, an empty output base, no Bazel server.
new_workspace //app:Dockerfile
write_base base "$(size 115 8)"
write_image app 'bases = {"base": "//base"}' < <(printf 'FROM base\nRUN true\nCMD ["true"]\n')
mkdir "$work/row/context"
printf 'FROM benchmark-first\nRUN true\nCMD ["true"]\n' >"$work/row/context/Dockerfile"
import_base "$workspace/base/base.tar" benchmark-first
forget() {
  stop_bazel
  [[ ! -e $work/row/output_base ]] || chmod -R u+w "$work/row/output_base"
  rm -rf "$work/row/output_base"
}

row "first image"
contender ours ours env -C "$workspace" LC_ALL=C.UTF-8 "${bazel_command[@]}" build "${bazel_flags[@]}" //app:image
before ours forget
client_of_daemon[ours]=yes
building_peers "$work/row/context"
measure 3
