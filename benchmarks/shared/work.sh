# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: the directory $work, on disk, and its end.
#   $work/results   one JSON object per measurement or note, one per line
#   $work/row       files of the current row; $row_memory the same in memory
#   $work/daemons   processes to end, one per line

work=$(mktemp -d "${TMPDIR:-/var/tmp}/benchmarks.XXXXXX")
readonly work
logs=$work
# The programs of an ordinary user's sandbox go through it.
chmod 755 "$work"
: >"$work/results"
: >"$work/daemons"

clean_up() {
  local pid
  stop_bazel
  while read -r pid; do
    kill "$pid" 2>/dev/null || true
    for _ in {1..100}; do kill -0 "$pid" 2>/dev/null && sleep 0.1; done
  done <"$work/daemons"
  grep -o " $work/[^ ]*" /proc/mounts | sort -r | xargs -r umount || true
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap clean_up EXIT

# begin_row NAME: an empty $work/row.
begin_row() {
  row=$1
  mkdir "$work/row"
}

free_row() {
  stop_bazel
  chmod -R u+w "$work/row"
  rm -rf "$work/row"
}
