#!/usr/bin/env bash
# Formats C++ and Starlark. With --check, changes nothing and fails where it
# would.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "${BASH_SOURCE[0]}")/programs.sh"

clang_format=$(program clang-format 14.0.6)
case ${1:-} in
  '')
    files '*.h' '*.cc' | xargs -0 "$clang_format" -i
    run_buildifier
    ;;
  --check)
    status=0
    files '*.h' '*.cc' | xargs -0 "$clang_format" --dry-run --Werror 2>&1 |
      sed -nE 's/^([^:]+):[0-9:]+ error: .*/\1 # reformat/p' | uniq || status=1
    run_buildifier --mode=check || status=1
    exit "$status"
    ;;
  *)
    echo "usage: tools/dev/format.sh [--check]" >&2
    exit 2
    ;;
esac
