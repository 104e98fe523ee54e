#!/usr/bin/env bash
# snapshot_clean removes what layer_run keeps.
set -euo pipefail

work=$(mktemp -d "$TEST_TMPDIR/work.XXXXXX")
mkdir -p "$work/root/bin"
cp lib/sandbox/testing/probe "$work/root/bin/probe"
tar -C "$work/root" --owner=0 --group=0 -cf "$work/base.tar" bin
tools/layer_index/layer_index --layer="$work/base.tar" --index_out="$work/base.index"
echo 'RUN ["/bin/probe", "ids"]' > "$work/instruction"
echo '{"args": [], "env": [], "platform": "linux/amd64", "shell": [], "user": "", "workdir": "/"}' > "$work/state"

run() {
  tools/layer_run/layer_run --instruction="$work/instruction" --state="$work/state" \
    --layer="$work/base.tar" --index="$work/base.index" --verbose \
    --snapshot_cache="$work/cache" --layer_out="$work/layer.tar" \
    --index_out="$work/layer.index" --step_out="$work/layer.step" 2>&1 >/dev/null |
    sed 's/.*overlay, //'
}
expect() {
  if [[ "$2" != "$1" ]]; then
    printf 'want: %s\ngot:  %s\n' "$1" "$2" >&2
    exit 1
  fi
}

clean=(tools/snapshot_clean/snapshot_clean --snapshot_cache="$work/cache")
expect "snapshot_clean: cannot open \"$work/cache\": No such file or directory" "$("${clean[@]}" 2>&1 || true)"
expect 'snapshot made and used' "$(run)"
expect 'snapshot found and used' "$(run)"
"${clean[@]}" --size=1000 | grep -q '^removed 0 snapshots, 0 MiB; [1-9][0-9]* MiB stay$'
"${clean[@]}" | grep -q '^removed 1 snapshots, [1-9][0-9]* MiB; 0 MiB stay$'
expect 'removed 0 snapshots, 0 MiB; 0 MiB stay' "$("${clean[@]}")"
expect 'snapshot made and used' "$(run)"
