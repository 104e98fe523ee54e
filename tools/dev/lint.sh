#!/usr/bin/env bash
# Checks what the compiler does not: scripts, BUILD files, the direction of
# includes, words. Says all that is wrong, then fails if something is.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "${BASH_SOURCE[0]}")/programs.sh"

failed=()

check() {
  "$@" || failed+=("$1")
}

# Not asked for: that a $ in single quotes is meant, that a function is called or
# given arguments, that a variable is set.
scripts() {
  local shellcheck
  shellcheck=$(program shellcheck 0.9.0)
  { files '*.sh' && printf '%s\0' tools/bazel .ci/run; } |
    xargs -0 "$shellcheck" --external-sources --source-path=SCRIPTDIR \
      --exclude=SC2016,SC2317,SC2119,SC2120,SC2153
}

# Docstrings say what a reader needs, in one sentence where that is enough.
build_files() {
  run_buildifier --mode=check --lint=warn \
    --warnings=-bzl-visibility,-function-docstring-args,-function-docstring-return,-unnamed-macro
}

support_table() { tools/dev/check_support_table.sh; }

documentation() { tools/dev/check_docs.sh; }

tool_lists() { tools/dev/check_tools.sh; }

# Words that say nothing, or name what has another name here.
words() {
  ! files '*.h' '*.cc' '*.bzl' | xargs -0 grep -nE \
    '\b([A-Za-z]*(Manager|Utils?)|[a-z_]+_(manager|utils?)|[Ss]quash[A-Z_][A-Za-z]*)\b' /dev/null
}

# Phrases that make a reader stumble. Not in tools/bootstrap: a change there makes
# every tool root again.
phrases() {
  ! files '*.h' '*.cc' '*.bzl' '*.sh' '*.md' 'BUILD.bazel' |
    grep -zvE '^(\./)?tools/(bootstrap/|dev/lint)' | xargs -0 grep -niE \
    'to be had|\b(has|have) (it|them) not\b|\bbut for\b|\bin vain\b|is spoken|\bwants an?\b|\banew\b|: want |\bnothing but\b|what is lent|a rule a file|an instruction each|\bis told\b|\bof (its|their) own([^ ]|$)' /dev/null
}

# The word that stands in for the owner of the project: tools/release/owner.sh
# writes the owner into the files that it lists, and only these may have it.
owner() {
  ! git grep -nw OWNER -- ':!.bcr' ':!README.md' ':!tools/dev/lint.sh' ':!tools/release'
}

# Not an error: a long file may be one concept.
sizes() {
  files '*.h' '*.cc' '*.bzl' '*.sh' | xargs -0 wc -l |
    awk '$2 != "total" && $1 > 400 { print "warning: " $2 " has " $1 " lines; the budget is 400" }'
}

check scripts
check build_files
check support_table
check documentation
check tool_lists
check words
check phrases
check owner
sizes
if ((${#failed[@]})); then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
