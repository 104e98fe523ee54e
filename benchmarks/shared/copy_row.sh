# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by the rows of COPY.

# copy_row TITLE FILL [AT_MOST]: a row of COPY of a directory that `FILL DIRECTORY` fills.
copy_row() {
  new_workspace //app:Dockerfile
  write_image app 'srcs = glob(["src/**"])' < <(printf 'FROM scratch\nCOPY src /src\n')
  "$2" "$workspace/app/src"
  echo first >"$workspace/app/src/changed"
  edit() { echo "$1" >"$workspace/app/src/changed"; }

  row "$1"
  ours_with_action DockerfileCopy //app:image edit
  building_peers "$workspace/app"
  contender tar bound tar -cf "$work/row/out.tar" -C "$workspace/app" src
  contender "tar and SHA-256" bound sh -c 'tar -cf - -C "$1" src | tee "$2" | sha256sum' _ "$workspace/app" "$work/row/out.tar"
  measure "${3:-5}"
}
