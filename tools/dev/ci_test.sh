#!/usr/bin/env bash
# That .ci/run counts what it ran and fails when something did.
set -euo pipefail
source tools/dev/shell_test.sh

# A tree in which the tools are fakes: `bazel STATUS EVENT...` sets what Bazel
# reports, `result NAME STATUS` how tools/dev/NAME.sh ends.
make_tree() {
  mkdir -p "$scratch/.ci" "$scratch/tools/dev"
  cp .ci/run "$scratch/.ci"
  # Root's second round, which has nothing to run here.
  printf '#!/bin/sh\n' >"$scratch/tools/dev/as_ordinary_user.sh"
  chmod +x "$scratch/tools/dev/as_ordinary_user.sh"
  result format 0
  result lint 0
}

result() {
  printf '#!/bin/sh\nexit %s\n' "$2" >"$scratch/tools/dev/$1.sh"
  chmod +x "$scratch/tools/dev/$1.sh"
}

bazel() {
  printf '%s\n' "${@:2}" >"$scratch/events"
  cat >"$scratch/tools/bazel" <<SCRIPT
#!/bin/sh
for argument; do
  case \$argument in
    --build_event_json_file=*) cp "$scratch/events" "\${argument#*=}" ;;
  esac
done
exit $1
SCRIPT
  chmod +x "$scratch/tools/bazel"
}

configured() {
  printf '{"id":{"targetConfigured":{"label":"%s"}},"configured":{"targetKind":"sh_test rule","testSize":"SMALL"}}' "$1"
}

summary() {
  printf '{"id":{"testSummary":{"label":"%s"}},"testSummary":{"totalRunCount":1,"overallStatus":"%s"}}' "$1" "$2"
}

expect_result() {
  local -x TMPDIR=$scratch
  local status=0 last
  last=$("$scratch/.ci/run" | tail -n 1) || status=$?
  expect_equal "$last, exit $status" "$1"
}

library='{"id":{"targetConfigured":{"label":"//:a"}},"configured":{"targetKind":"cc_library rule"}}'
skipped='{"id":{"targetCompleted":{"label":"//:b"}},"aborted":{"reason":"SKIPPED"}}'

test_all_is_well() {
  make_tree
  bazel 0 "$library" "$(configured //:b)" "$(summary //:b PASSED)" \
    "$(configured //:c)" "$(summary //:c FLAKY)"
  expect_result "4 passed, 0 failed, exit 0"
}

test_failed_test_counts() {
  make_tree
  bazel 3 "$(configured //:b)" "$(summary //:b FAILED)" "$(configured //:c)" "$(summary //:c PASSED)"
  expect_result "3 passed, 1 failed, exit 1"
}

test_test_that_was_not_built_counts() {
  make_tree
  bazel 1 "$(configured //:b)" "$(configured //:c)" "$(summary //:c PASSED)"
  expect_result "3 passed, 1 failed, exit 1"
}

test_broken_build_without_a_broken_test_counts() {
  make_tree
  bazel 1 "$library" "$(configured //:c)" "$(summary //:c PASSED)"
  expect_result "3 passed, 1 failed, exit 1"
}

test_bazel_that_does_not_start_counts() {
  make_tree
  bazel 37
  expect_result "2 passed, 1 failed, exit 1"
}

test_skipped_test_does_not_count() {
  make_tree
  bazel 0 "$(configured //:b)" "$skipped"
  expect_result "2 passed, 0 failed, exit 0"
}

test_format_and_lint_count() {
  make_tree
  bazel 0
  result format 1
  result lint 1
  expect_result "0 passed, 2 failed, exit 1"
}

run_tests
