# shellcheck shell=bash
# Sourced by shell tests: runs every function test_* of the script in a shell of
# its own, in an empty directory $scratch. A test fails when one of its commands
# does.
#   source tools/dev/shell_test.sh
#   test_adding_gives_the_sum() { expect_equal "$((1 + 1))" 2; }
#   run_tests

expect_equal() {
  [[ $1 == "$2" ]] || {
    printf 'expected: %s\n     got: %s\n' "$2" "$1" >&2
    return 1
  }
}

expect_fails() {
  ! "$@" || {
    echo "did not fail: $*" >&2
    return 1
  }
}

run_tests() {
  local name failures=0
  for name in $(compgen -A function test_); do
    scratch=$TEST_TMPDIR/$name
    mkdir -p "$scratch"
    # In a separate process, because set -e does not work under a condition.
    set +e
    (set -euo pipefail && "$name")
    local status=$?
    set -e
    if ((status == 0)); then
      echo "passed: $name"
    else
      echo "FAILED: $name"
      ((failures += 1))
    fi
  done
  exit $((failures > 0))
}
