#!/usr/bin/env bash
# Holds pages of the source tree against what is generated.
#   generated_docs.sh --check|--update COMMAND DIRECTORY… -- PAGE=GENERATED…
# --check fails where a PAGE is not as GENERATED, or where a DIRECTORY has a page
# that nothing generates, and names COMMAND, which updates them. --update makes
# the pages of $BUILD_WORKSPACE_DIRECTORY what is generated.
set -euo pipefail
shopt -s nullglob

mode=$1
command=$2
shift 2
directories=()
while [[ $1 != -- ]]; do
  directories+=("$1")
  shift
done
shift

top=.
if [[ $mode == --update ]]; then top=$BUILD_WORKSPACE_DIRECTORY; fi
failed=0
pages=" "

# Whether page $1 is $2; --check says how it differs.
is_current() {
  if [[ $mode == --update ]]; then
    cmp -s "$1" "$2"
  elif [[ -e $1 ]]; then
    diff -u "$1" "$2"
  else
    echo "missing: $1"
    return 1
  fi
}

for pair; do
  page=$top/${pair%%=*}
  pages+="$page "
  if is_current "$page" "${pair#*=}"; then continue; fi
  failed=1
  if [[ $mode == --update ]]; then
    mkdir -p "$(dirname "$page")"
    cat "${pair#*=}" >"$page"
    echo "updated: ${pair%%=*}"
  fi
done
for directory in "${directories[@]}"; do
  for page in "$top/$directory"/*.md; do
    [[ $pages != *" $page "* ]] || continue
    failed=1
    echo "not generated: ${page#"$top/"}"
    if [[ $mode == --update ]]; then rm "$page"; fi
  done
done
if [[ $mode == --check ]] && ((failed)); then
  echo "hint: run \`$command\`"
  exit 1
fi
