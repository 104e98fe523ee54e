# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# A RUN that makes 20 000 files.
count=$(size 20000 400)
new_workspace //app:Dockerfile
write_base base "$(size 30 4)"
mkdir "$work/row/context"

dockerfile() { # BASE ROUND
  printf 'FROM %s\nRUN mkdir /made && cd /made && for i in $(seq %s); do echo $i > $i; done && true %s\n' "$1" "$count" "$2"
}
edit() { dockerfile base "$1" >"$workspace/app/Dockerfile"; }
write_image app 'bases = {"base": "//base"}' < <(dockerfile base first)
dockerfile benchmark-small first >"$work/row/context/Dockerfile"
import_base "$workspace/base/base.tar" benchmark-small

row "RUN that makes $count files"
ours_with_action DockerfileRun //app:image edit
building_peers "$work/row/context"
measure 3
