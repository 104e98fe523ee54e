# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# RUN true on a base of 115 MB, beside other builders and runc.
new_workspace //app:Dockerfile
write_base base "$(size 115 8)"
mkdir "$work/row/context"

edit() { printf 'FROM base\nRUN true %s\n' "$1" >"$workspace/app/Dockerfile"; }
write_image app 'bases = {"base": "//base"}' < <(printf 'FROM base\nRUN true\n')
printf 'FROM benchmark-base\nRUN true\n' >"$work/row/context/Dockerfile"
import_base "$workspace/base/base.tar" benchmark-base

row "RUN true on $(size 115 8) MB"
ours_with_action DockerfileRun //app:image edit
building_peers "$work/row/context"
if has runc && ((EUID == 0)); then
  mkdir -p "$work/row/bundle/rootfs"
  tar -xf "$workspace/base/base.tar" -C "$work/row/bundle/rootfs"
  (cd "$work/row/bundle" && runc spec && sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"true"/' config.json)
  contender runc bound runc --root "$work/row/runc" run --bundle "$work/row/bundle" benchmark
fi
measure
