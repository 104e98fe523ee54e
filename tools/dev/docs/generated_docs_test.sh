#!/usr/bin/env bash
# What the test of generated pages says, and what the update does.
set -euo pipefail
source tools/dev/shell_test.sh

script=$PWD/tools/dev/docs/generated_docs.sh

# A tree with the generated pages a.md, which is up to date, and b.md.
make_tree() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/docs/x"
  cd "$scratch/tree"
  echo a | tee docs/x/a.md >a.generated
  echo b >b.generated
}

run() {
  BUILD_WORKSPACE_DIRECTORY=$PWD "$script" "$1" 'bazel run //x' docs/x -- \
    docs/x/a.md=a.generated docs/x/b.md=b.generated 2>&1 && echo "exit 0" || echo "exit $?"
}

test_missing_page() {
  make_tree
  expect_equal "$(run --check)" "missing: ./docs/x/b.md
hint: run \`bazel run //x\`
exit 1"
}

test_other_text() {
  make_tree
  echo old >docs/x/b.md
  expect_equal "$(run --check | sed '/^[-+][-+][-+]/d')" "@@ -1 +1 @@
-old
+b
hint: run \`bazel run //x\`
exit 1"
}

test_page_that_nothing_generates() {
  make_tree
  echo b >docs/x/b.md
  echo c >docs/x/c.md
  expect_equal "$(run --check)" "not generated: docs/x/c.md
hint: run \`bazel run //x\`
exit 1"
}

test_update() {
  make_tree
  echo c >docs/x/c.md
  expect_equal "$(run --update)" "updated: docs/x/b.md
not generated: docs/x/c.md
exit 0"
  expect_equal "$(cd docs/x && head ./*)" "==> ./a.md <==
a

==> ./b.md <==
b"
  expect_equal "$(run --check)" "exit 0"
  expect_equal "$(run --update)" "exit 0"
}

run_tests
