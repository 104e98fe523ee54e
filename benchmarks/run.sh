#!/usr/bin/env bash
# Measures this project and its peers on this host. The programs of a row run in turns.
# Prints one table in Markdown.
#
#   benchmarks/run.sh [FLAG...] [ROW...]      all rows by default; benchmarks/rows/ has them
#
#   --quick             small inputs, two rounds: tests that each row runs, not how fast
#   --rounds=N          5 by default; slow rows have at most 3
#   --json=FILE         writes the results as JSON, too
#   --update=PAGE       puts the table between the markers of a page
#   --buildkitd=PROGRAM compares with this BuildKit, too; buildctl is beside it
#   --tools=ARCHIVE     the prebuilt tools; by default those of the tree are built
#
# The peers are Debian's docker.io, buildah, podman, skopeo, runc, tar, pigz and zstd. The
# table says which are not installed. Requires jq; Debian's `time` for the peak memory; root
# for daemons. Does not change the host.
set -euo pipefail
shopt -s inherit_errexit
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tree=$(dirname "$benchmarks")
readonly benchmarks tree

rounds=5 rows=()
quick='' json='' page='' buildkitd='' archive=''
for argument; do
  case $argument in
    --quick) quick=yes rounds=2 ;;
    --rounds=*) rounds=${argument#*=} ;;
    --json=*) json=${argument#*=} ;;
    --update=*) page=${argument#*=} ;;
    --buildkitd=*) buildkitd=${argument#*=} ;;
    --tools=*) archive=$(realpath "${argument#*=}") ;;
    -*)
      sed -n '2,/^set/{/^# \?/s///p}' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
    *) rows+=("$argument") ;;
  esac
done
if ((${#rows[@]} == 0)); then
  for row in "$benchmarks"/rows/*.sh; do rows+=("$(basename "$row" .sh)"); done
fi
for name in "${rows[@]}"; do
  [[ -e $benchmarks/rows/$name.sh ]] || { echo "run.sh: no such row: $name" >&2 && exit 2; }
done
command -v jq >/dev/null || { echo "run.sh: jq is required" >&2 && exit 1; }

source "$benchmarks/shared/work.sh"
# shellcheck source=../e2e/support/daemons/wait_for.sh
source "$tree/e2e/support/daemons/wait_for.sh"
source "$benchmarks/shared/measure.sh"
source "$benchmarks/shared/machine.sh"
source "$benchmarks/shared/inputs.sh"
source "$benchmarks/shared/ours.sh"
source "$benchmarks/shared/peers.sh"

describe_machine
set_up_tools
incomplete=()
for name in "${rows[@]}"; do
  echo "== $name" >&2
  begin_row "$name"
  # A row may change directories and variables. As a condition it would not end at a failure.
  set +e
  # shellcheck source=/dev/null
  (set -e && source "$benchmarks/rows/$name.sh")
  status=$?
  set -e
  if ((status)); then incomplete+=("$name"); fi
  free_row
done

jq -s --slurpfile machine "$work/machine" -f "$benchmarks/shared/statistics.jq" "$work/results" >"$work/json"
if [[ $json ]]; then cp "$work/json" "$json"; fi
jq -r -f "$benchmarks/shared/markdown.jq" "$work/json" >"$work/table"
cat "$work/table"
if [[ $page ]]; then
  sed -i -e "/^<!-- benchmarks -->\$/,/^<!-- end of benchmarks -->\$/{//!d}" \
    -e "/^<!-- benchmarks -->\$/r $work/table" "$page"
fi
if ((${#incomplete[@]})); then
  echo "run.sh: failed: ${incomplete[*]}" >&2
  exit 1
fi
