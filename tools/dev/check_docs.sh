#!/usr/bin/env bash
# Fails unless in each page of documentation
# - links to files of this tree, and to headings of its pages, lead somewhere;
# - lines have at most 100 columns. Rows of tables may be longer.
# Arguments: the pages; by default all that git knows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8

if (($# == 0)); then
  mapfile -t pages < <(git ls-files '*.md' | grep -vE '(^|/)(testdata|conformance/cases)/')
else
  pages=("$@")
fi

# Pages whose lines come from elsewhere: the text of attributes and flags, and a golden.
wide='^docs/(reference|tools)/|^docs/sandbox_attacks.md$|^(e2e|lib|examples|testdata)/'

# anchors PAGE: what `#` may name, as GitHub makes it of the headings.
anchors() {
  sed -nE 's/^#+ +(.*)$/\1/p' "$1" | sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g' |
    tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# links PAGE: the targets of links, one per line; those in code are none.
links() {
  awk '/^ *```/ { code = !code; next } !code' "$1" | sed 's/`[^`]*`//g' |
    grep -oE '\]\([^) ]+\)' | sed -E 's/^\]\((.*)\)$/\1/' || true
}

failed=0
complain() {
  echo "$1" >&2
  failed=1
}

for page in "${pages[@]}"; do
  while IFS= read -r link; do
    if [[ $link == *:* ]]; then continue; fi
    file=${link%%#*}
    target=$page
    if [[ $file ]]; then target=$(realpath -m --relative-to=. "$(dirname "$page")/$file"); fi
    # Generated from the code.
    if [[ $target =~ ^docs/(reference|tools)/ && ! -d $(dirname "$target") ]]; then continue; fi
    if [[ ! -e $target ]]; then
      complain "$page: broken link: $link"
    elif [[ $link == *#* ]] && ! anchors "$target" | grep -qxF -- "${link#*#}"; then
      complain "$page: no such heading: $link"
    fi
  done < <(links "$page" | sort -u)
  if [[ ! $page =~ $wide ]]; then
    while IFS=: read -r line _; do
      complain "$page:$line: expected at most 100 columns"
    done < <(grep -nE '^[^|].{100,}' "$page")
  fi
done
exit "$failed"
