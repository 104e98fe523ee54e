#!/usr/bin/env bash
# The example $EXAMPLE, with its own files, is a module that has the targets
# $TARGETS, and for which the Bazel command $BUILD succeeds.
source e2e/support/nested/nested.sh

new_workspace
(cd "$RULES_ROOT/examples/$EXAMPLE" && tar -c --exclude='./bazel-*' .) | tar -x --no-same-owner
sed -i "s|\"../..\"|\"$RULES_ROOT\"|" MODULE.bazel
read -ra targets <<<"${TARGETS:-}"
for target in "${targets[@]}"; do
  expect_equal "$EXAMPLE has $target" "$(nested_bazel query "$target" 2>query.log || cat query.log)" "$target"
done
read -ra command <<<"${BUILD:-}"
if ((${#command[@]})); then
  nested_bazel "${command[@]}" >build.log 2>&1 || {
    cat build.log >&2
    exit 1
  }
  echo "ok: $EXAMPLE: bazel $BUILD"
fi
