#!/usr/bin/env bash
# Each row of the benchmarks runs, with all peers that are installed. No time is compared.
set -euo pipefail

command -v jq >/dev/null || { echo "skipped: no jq" && exit 0; }
# In the source tree, to which runfiles are links.
run=$(readlink -f benchmarks/run.sh)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

expect_equal() {
  if [[ $2 != "$3" ]]; then
    printf 'FAILED: %s\n  expected: %s\n  got:      %s\n' "$1" "$3" "$2" >&2
    exit 1
  fi
  echo "ok: $1"
}

printf '%s\n' before '<!-- benchmarks -->' 'an old table' '<!-- end of benchmarks -->' after >"$results/page.md"
"$run" --quick --rounds=1 --tools="$ARCHIVE" --json="$results/json" --update="$results/page.md"

expect_equal "no program fails" "$(jq -c .failed "$results/json")" "[]"
rows=$(cd "$(dirname "$run")/rows" && printf '%s\n' *.sh | sed 's/\.sh$//')
if ((EUID != 0)); then rows=$(grep -vx load_push <<<"$rows"); fi
expect_equal "each row has figures" "$(jq -r '(.rows, .facts)[].row' "$results/json" | sort -u)" "$rows"
expect_equal "each row with times has ours first" \
  "$(jq -r '.rows | group_by(.title)[] | .[0] | select(.role != "ours") | .title' "$results/json")" ""
expect_equal "no median is below its minimum" "$(jq -c '[.rows[] | select(.median < .minimum)]' "$results/json")" "[]"
expect_equal "the page has the table in place of the old one" \
  "$(sed '/^<!-- benchmarks/,/^<!-- end of benchmarks/{/^|\|^[A-Z]\|^[0-9]\|^$/d}' "$results/page.md" | paste -sd' ')" \
  "before <!-- benchmarks --> <!-- end of benchmarks --> after"
grep -q '^| RUN true on 8 MB | ours |' "$results/page.md"
echo "all tests passed"
