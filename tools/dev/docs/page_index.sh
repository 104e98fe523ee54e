#!/usr/bin/env bash
# page_index.sh TITLE [--section=NAME | --symbols | PAGE.md]…: prints an index of
# pages. Each PAGE begins with its title and a paragraph; with --symbols, the
# index has the page's sections, too.
set -euo pipefail

row() {
  awk -v file="$(basename "$1")" -v symbols="$2" '
    /^# / && !title { title = substr($0, 3); next }
    /^## / { names = names (names ? ", " : "") "[`" substr($0, 4) "`](" file "#" tolower(substr($0, 4)) ")" }
    title && !done && /^$/ { if (text) done = 1; next }
    title && !done { text = text (text ? " " : "") $0 }
    END { print "| [" title "](" file ") | " (symbols ? names " | " : "") text " |" }' "$1"
}

echo '<!-- Written by `bazel run //docs:update`. -->'
echo
echo "# $1"
shift
symbols=
for argument; do
  case $argument in
    --symbols) symbols=1 ;;
    --text=*) printf '\n%s\n' "${argument#*=}" ;;
    --table=*)
      printf '\n| %s |\n' "${argument#*=}"
      sed 's/[^|]\+/ --- /g; s/.*/|&|/' <<<"${argument#*=}"
      ;;
    *) row "$argument" "$symbols" ;;
  esac
done
