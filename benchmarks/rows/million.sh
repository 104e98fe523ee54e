# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# A layer of a million files: import, and RUN true on it.
thousands=$(size 1000 10)
new_workspace //app:Dockerfile
write_base base 4
# The same thousand files in many directories, so that they need little disk space.
mkdir "$work/row/thousand"
(cd "$work/row/thousand" && seq -w 0 999 | while read -r i; do echo "file $i" >"$i"; done)
{
  seq -w 0 $((thousands - 1)) | while read -r i; do
    tar --create --directory="$work/row/thousand" --sort=name --mtime=@1700000000 --owner=0 --group=0 \
      --numeric-owner --format=gnu --record-size=512 --transform="s,^\.,./many/$i," . | head -c -1024
  done
  cat "$workspace/base/base.tar"
} >"$work/row/million.tar"
mv "$work/row/million.tar" "$workspace/base/base.tar"

edit() { printf 'FROM base\nRUN true %s\n' "$1" >"$workspace/app/Dockerfile"; }
write_image app 'bases = {"base": "//base"}' < <(printf 'FROM base\nRUN true\n')
build //app:image

row "import of ${thousands}000 files"
action DockerfileBase //base
contender ours ours "${action[@]}"
contender SHA-256 bound sha256sum "$workspace/base/base.tar"
measure 2

row "RUN true on ${thousands}000 files"
ours_with_action DockerfileRun //app:image edit
measure 2
