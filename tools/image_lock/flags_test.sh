#!/usr/bin/env bash
# What image_lock says of flags that it cannot work with: they are what a user
# writes after `bazel run :image.lock --`.
set -euo pipefail
source tools/dev/shell_test.sh

# expect_refused MESSAGE FLAG…: and no file is written.
expect_refused() {
  local status=0
  tools/image_lock/image_lock --lock="$scratch/lock" "${@:2}" \
    >"$scratch/stdout" 2>"$scratch/stderr" || status=$?
  expect_equal "$status" 1
  expect_equal "$(<"$scratch/stderr")" "$1"
  expect_equal "$(<"$scratch/stdout")" ''
  expect_equal "$(ls "$scratch")" $'stderr\nstdout'
}

test_an_image_is_a_platform_and_a_reference() {
  expect_refused 'image_lock: --image=debian: expected PLATFORM,REFERENCE' \
    --image=debian
  expect_refused \
    'image_lock: --image=x,debian: platform "x": want os/architecture[/variant]' \
    --image=x,debian
  expect_refused \
    'image_lock: --image=linux/amd64,Debian: invalid reference "Debian": repository name must be lower case' \
    --image=linux/amd64,Debian
}

test_an_update_is_of_what_is_wanted() {
  expect_refused \
    'image_lock: --update=debian:13: expected one of "alpine:3", "debian:12", "all"' \
    --image=linux/amd64,debian:12 --image=linux/amd64,alpine:3 --update=debian:13
  expect_refused \
    'image_lock: --update=debian:13: expected one of "debian:12", "all"' \
    --image=linux/amd64,debian:12 --update=debian:13 --check
  expect_refused \
    'image_lock: --update=: expected a reference or "all"' \
    --image=linux/amd64,debian:12 --update=
}

test_a_mirror_is_of_a_registry() {
  expect_refused 'image_lock: mirror "https://m.example": expected REGISTRY=URL' \
    --mirror=https://m.example
  expect_refused \
    'image_lock: mirror "m.example": expected http[s]://HOST[:PORT][/PREFIX]' \
    --mirror=docker.io=m.example
}

test_other_words_are_refused() {
  expect_refused 'image_lock: unexpected argument "update"' update
  expect_refused \
    "ERROR: Unknown command line flag 'chek'. Did you mean: check ?" --chek
}

test_nothing_wanted_is_nothing_to_do() {
  tools/image_lock/image_lock --lock="$scratch/lock" --update=all >"$scratch/stdout"
  expect_equal "$(<"$scratch/stdout")" ''
  expect_equal "$(ls "$scratch")" stdout
}

run_tests
