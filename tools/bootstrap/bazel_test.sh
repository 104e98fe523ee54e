#!/usr/bin/env bash
# Which Bazel tools/bazel runs.
set -euo pipefail
source tools/dev/shell_test.sh

# fake PATH VERSION: a Bazel that says how it was called.
fake() {
  cat >"$1" <<SCRIPT
#!/bin/sh
[ "\$*" = --version ] && echo "bazel $2" && exit
printf '%s' "${1##*/}"
printf ' <%s>' "\$@"
SCRIPT
  chmod +x "$1"
}

# A tree with the script and, instead of the set-up, a fake; a $PATH with
# nothing but what the script needs.
make_tree() {
  mkdir -p "$scratch"/{bin,real,tree/tools/bootstrap}
  cp tools/bazel "$scratch/tree/tools"
  echo 7.7.1 >"$scratch/tree/.bazelversion"
  fake "$scratch/real/set_up" 7.7.1
  printf '#!/bin/sh\necho "%s"\n' "$scratch/real/set_up" >"$scratch/tree/tools/bootstrap/toolroot.sh"
  chmod +x "$scratch/tree/tools/bootstrap/toolroot.sh"
  ln -s "$(command -v bash)" "$(command -v dirname)" "$scratch/bin"
}

# run [VARIABLE=VALUE...] [ARGUMENT...]
run() {
  local variables=(PATH="$scratch/bin")
  while [[ ${1:-} == *=* ]]; do
    variables+=("$1")
    shift
  done
  /usr/bin/env -i "${variables[@]}" "$scratch/tree/tools/bazel" "$@"
}

test_bare_machine_gets_the_tool_root() {
  make_tree
  expect_equal "$(run build //...)" "set_up <build> <//...>"
}

test_arguments_pass_unchanged() {
  make_tree
  expect_equal "$(run run //a -- 'b  c' '' '$d')" "set_up <run> <//a> <--> <b  c> <> <\$d>"
}

test_variable_comes_first() {
  make_tree
  fake "$scratch/bin/bazelisk" 8.0.0
  fake "$scratch/real/mine" 6.0.0
  expect_equal "$(run RD_BAZEL="$scratch/real/mine" info)" "mine <info>"
}

test_tool_root_on_request() {
  make_tree
  fake "$scratch/bin/bazelisk" 8.0.0
  expect_equal "$(run RD_BAZEL=toolroot info)" "set_up <info>"
}

test_the_bazel_that_called_is_used() {
  make_tree
  fake "$scratch/bin/bazel" 8.0.0
  fake "$scratch/real/caller" 7.2.1
  expect_equal "$(run BAZEL_REAL="$scratch/real/caller" info)" "caller <info>"
}

test_an_old_bazel_that_called_is_not_used() {
  make_tree
  fake "$scratch/real/caller" 4.2.3
  expect_equal "$(run BAZEL_REAL="$scratch/real/caller" info)" "set_up <info>"
}

test_bazelisk_comes_before_bazel() {
  make_tree
  fake "$scratch/bin/bazel" 8.0.0
  fake "$scratch/bin/bazelisk" 8.0.0
  expect_equal "$(run info)" "bazelisk <info>"
}

test_recent_bazel_is_used() {
  make_tree
  fake "$scratch/bin/bazel" 10.1.0
  expect_equal "$(run info)" "bazel <info>"
}

test_old_bazel_is_not_used() {
  make_tree
  fake "$scratch/bin/bazel" 6.5.0
  expect_equal "$(run info)" "set_up <info>"
}

# The launcher of Debian and bazelisk call tools/bazel of the workspace they are
# started in.
test_launcher_does_not_call_back_for_ever() {
  make_tree
  fake "$scratch/real/caller" 7.7.1
  cat >"$scratch/bin/bazel" <<SCRIPT
#!/bin/sh
case \$PWD/ in
  "$scratch"/tree/*) BAZEL_REAL="$scratch/real/caller" exec "$scratch/tree/tools/bazel" "\$@" ;;
  *) exec "$scratch/real/caller" "\$@" ;;
esac
SCRIPT
  chmod +x "$scratch/bin/bazel"
  cd "$scratch/tree"
  expect_equal "$(run info)" "caller <info>"
}

test_bazelisk_under_the_name_bazel_is_asked_for_our_version() {
  make_tree
  cat >"$scratch/bin/bazel" <<'SCRIPT'
#!/bin/sh
[ "$*" != --version ] || { echo "bazel $USE_BAZEL_VERSION"; exit; }
echo "wrapper skipped: $BAZELISK_SKIP_WRAPPER"
SCRIPT
  chmod +x "$scratch/bin/bazel"
  expect_equal "$(run info)" "wrapper skipped: true"
}

test_file_names_are_utf8_whatever_the_locale() {
  make_tree
  printf '#!/bin/sh\necho "$LC_ALL"\n' >"$scratch/real/mine"
  chmod +x "$scratch/real/mine"
  expect_equal "$(run RD_BAZEL="$scratch/real/mine" LC_ALL=POSIX info)" C.UTF-8
}

test_failed_set_up_is_a_failure() {
  make_tree
  printf '#!/bin/sh\nexit 1\n' >"$scratch/tree/tools/bootstrap/toolroot.sh"
  expect_fails run info
}

run_tests
