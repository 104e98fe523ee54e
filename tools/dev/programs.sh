# shellcheck shell=bash
# Sourced by the scripts of this directory, which run at the top of the tree:
# the programs that they use and the files that they look at.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

buildifier_version=8.2.1

# The files whose names match one of the given patterns, each ended by a zero.
files() {
  local names=(-false) pattern
  for pattern; do names+=(-o -name "$pattern"); done
  find . \( -name .git -o -name testdata \) -prune -o -type f \( "${names[@]}" \) -print0 |
    LC_ALL=C sort -z
}

# program NAME VERSION: the path of NAME, that of the host if it is VERSION.
program() {
  if "$1" --version 2>/dev/null | grep -qw "version:* $2"; then
    command -v "$1"
  else
    echo "$(tools/bootstrap/lintroot.sh)/$1"
  fi
}

# The path of buildifier. It comes from npm, where there is one.
buildifier() {
  local directory=${XDG_CACHE_HOME:-~/.cache}/rules_dockerfile/buildifier-$buildifier_version
  local program=$directory/node_modules/.bin/buildifier
  if [[ ! -x $program ]]; then
    command -v npm >/dev/null || { echo "npm is missing" && return 1; }
    npm install --no-fund --no-audit --fetch-retries=0 --fetch-timeout=30000 \
      --prefix "$directory" "@bazel/buildifier@$buildifier_version" >/dev/null 2>&1 ||
      { echo "npm cannot install it" && return 1; }
  fi
  echo "$program"
}

# run_buildifier ARGUMENT...: on all its files; says so where it cannot.
run_buildifier() {
  local program
  if program=$(buildifier); then
    files BUILD.bazel MODULE.bazel WORKSPACE '*.bzl' | xargs -0 "$program" "$@"
  else
    echo "skipped: buildifier: $program"
  fi
}
