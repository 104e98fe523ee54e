#!/usr/bin/env bash
# Builds a directory of cases and compares each with its expected.txt.
#   conformance_test.sh CASES [flag of the runner]…
# shellcheck source=e2e/support/nested/nested.sh
source "$(dirname "$0")/../support/nested/nested.sh"
cases=$1
shift
export BUILD_WORKSPACE_DIRECTORY=$RULES_ROOT
mkdir -p "$STATE"
e2e/conformance/runner/conformance --cases="$RULES_ROOT/e2e/conformance/$cases" \
  --out="$STATE/$cases" --startup_flag=--nohome_rc \
  --startup_flag=--output_base="$STATE/output_base.conformance" \
  --startup_flag=--max_idle_secs=60 "$@"
