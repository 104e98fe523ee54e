#!/usr/bin/env bash
# That a private root is whole or not there, and that each cause for which there
# can be none is named.
set -euo pipefail
shopt -s inherit_errexit
source tools/dev/shell_test.sh
source tools/bootstrap/private_root.sh

export -f give_up choose_directory make_directory check_directory make_whole private_root
export bootstrap

# The tests may themselves run under /tmp or on another machine than Debian's.
real_is_under_tmp=$(declare -f is_under_tmp)
real_check_machine=$(declare -f check_machine)
is_under_tmp() { false; }
check_machine() { :; }
export -f is_under_tmp check_machine

make_good() {
  echo made >>"$RD_TOOLROOT_DIR/log"
  echo content >"$1/file"
}

make_bad() {
  touch "$1/half"
  return 1
}

# As when the machine is switched off: nothing gets to clean up.
make_killed() {
  touch "$1/half"
  kill -KILL 0
}
export -f make_good make_bad make_killed

# start MAKE: a first call in a session and shell of its own.
start() {
  setsid --wait bash -euc 'private_root root 1 "$1" packages.txt' _ "$1"
}

use() { export RD_TOOLROOT_DIR=$scratch/$1; }

test_root_is_made_once() {
  use roots
  local first second
  first=$(private_root root 1 make_good packages.txt)
  second=$(private_root root 1 make_good packages.txt)
  expect_equal "$second" "$first"
  expect_equal "$(<"$first/file")" content
  expect_equal "$(<"$RD_TOOLROOT_DIR/log")" made
}

test_other_definition_is_another_root() {
  use roots
  local first second
  first=$(private_root root 1 make_good packages.txt)
  second=$(private_root root 1 make_good packages.txt assumed.txt)
  [[ $first != "$second" ]]
}

test_failed_set_up_leaves_nothing() {
  use roots
  expect_fails start make_bad
  expect_equal "$(ls "$RD_TOOLROOT_DIR")" lock
}

test_interrupted_set_up_is_not_taken_for_good() {
  use roots
  expect_fails start make_killed
  local root
  root=$(start make_good)
  expect_equal "$(ls "$root")" file
  expect_equal "$(ls "$RD_TOOLROOT_DIR")" "$(printf '%s\n' lock log "${root##*/}")"
}

# The one that makes it does not end before the others have begun to wait.
make_slowly() {
  until (($(cat "$RD_TOOLROOT_DIR"/err.* | grep -c waiting) == 2)); do :; done
  make_good "$@"
}
export -f make_slowly

test_first_calls_at_once_make_it_once() {
  use roots
  mkdir "$RD_TOOLROOT_DIR"
  local i roots
  for i in 1 2 3; do
    start make_slowly >"$RD_TOOLROOT_DIR/out.$i" 2>"$RD_TOOLROOT_DIR/err.$i" &
  done
  wait
  roots=$(cat "$RD_TOOLROOT_DIR"/out.*)
  expect_equal "$(sort -u <<<"$roots" | wc -l)" 1
  expect_equal "$(<"$RD_TOOLROOT_DIR/log")" made
}

# refusal COMMAND...: what it says when it fails.
refusal() {
  local said
  if said=$("$@" 2>&1); then return 1; fi
  echo "$said"
}

test_names_a_directory_under_tmp() {
  eval "$real_is_under_tmp"
  export RD_TOOLROOT_DIR=/tmp/roots
  expect_equal "$(refusal start make_good)" "\
rules_dockerfile: the tool root cannot lie in /tmp/roots: sandboxed actions do not see /tmp
rules_dockerfile: set RD_TOOLROOT_DIR to a directory elsewhere"
}

test_home_under_tmp_is_avoided() {
  eval "$real_is_under_tmp"
  unset RD_TOOLROOT_DIR
  expect_equal "$(XDG_CACHE_HOME=/tmp/x choose_directory)" "/var/tmp/rules_dockerfile-$(id -u)"
}

test_names_a_directory_that_cannot_be() {
  export RD_TOOLROOT_DIR=/dev/null/roots
  expect_equal "$(refusal start make_good | tail -n 2)" "\
rules_dockerfile: cannot write the tool root into /dev/null/roots
rules_dockerfile: set RD_TOOLROOT_DIR to a directory of your own"
}

test_names_a_full_disk() {
  use roots
  df() { printf 'Available\n- - - 0\n'; }
  export -f df
  expect_equal "$(refusal start make_good)" "\
rules_dockerfile: $RD_TOOLROOT_DIR has 0 MB free, and the tool root needs 1 MB while it is made
rules_dockerfile: free some, or set RD_TOOLROOT_DIR to a directory on another disk"
}

test_names_another_architecture() {
  eval "$real_check_machine"
  dpkg() { echo arm64; }
  local program
  for program in apt-get apt-config dpkg-deb flock; do eval "$program() { :; }"; done
  expect_equal "$(refusal check_machine)" "\
rules_dockerfile: Bazel can be set up from Debian's packages on amd64 only; this is arm64
rules_dockerfile: use such a machine, or install bazelisk, and run this again"
}

test_names_a_machine_that_is_not_debian() {
  eval "$real_check_machine"
  PATH=$scratch
  expect_equal "$(refusal check_machine)" "\
rules_dockerfile: there is no Bazel 7 here, and no apt-get to set one up with
rules_dockerfile: use a Debian machine, or install bazelisk, and run this again"
}

run_tests
