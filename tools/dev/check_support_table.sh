#!/usr/bin/env bash
# Fails unless every test exists that these pages name in headings and in the last
# column of tables: a target, a row or test of a *_test.cc, or a case of
# e2e/conformance. A name may end in * for all that begin so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

pages=(docs/dockerfile_support.md docs/sandbox.md)
tests=$(git ls-files '*_test.cc' | xargs cat)
cases=$(git ls-files 'e2e/conformance/*/Dockerfile' 'e2e/conformance/*/*/Dockerfile' |
  sed -E 's#.*/([^/]+)/Dockerfile#\1#')

is_there() {
  local name=$1 word
  case $name in
    //*:*)
      word=${name#*:}
      grep -q "name = \"$word\"" "${name:2:-$((${#word} + 1))}/BUILD.bazel" 2>/dev/null
      ;;
    *_test) grep -rqs --include=BUILD.bazel "name = \"$name\"" lib tools rules e2e ;;
    *[A-Z]*)
      word=${name##*[./]}
      grep -q "\b${word%\*}" <<<"$tests"
      ;;
    *) grep -q "^${name%\*}" <<<"$cases" ;;
  esac
}

failed=0
for page in "${pages[@]}"; do
  while IFS= read -r name; do
    if ! is_there "$name"; then
      echo "$page names a test that does not exist: $name" >&2
      failed=1
    fi
  done < <(sed -nE 's/^\|.*\|([^|]*)\|$/\1/p; s/^#+ .* — //p' "$page" | grep -oE '`[^`]+`' | tr -d '`' | sort -u)
done
exit "$failed"
