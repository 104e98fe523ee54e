#!/usr/bin/env bash
# What compile_commands.json says of the actions that Bazel lists.
set -euo pipefail
source tools/dev/shell_test.sh

# commands: the file that is written when Bazel prints the arguments of standard
# input; what Bazel was asked is in $scratch/asked.
commands() {
  mkdir -p "$scratch/tools/dev"
  cp tools/dev/compile_commands.sh "$scratch/tools/dev"
  cat >"$scratch/actions"
  cat >"$scratch/tools/bazel" <<SCRIPT
#!/bin/sh
case \$1 in
  aquery) for argument; do :; done; echo "\$argument" >"$scratch/asked"; cat "$scratch/actions" ;;
  info) echo /base ;;
esac
SCRIPT
  chmod +x "$scratch/tools/bazel"
  "$scratch/tools/dev/compile_commands.sh" "$@" 2>/dev/null
  sed "s#$scratch#TREE#" "$scratch/compile_commands.json"
}

test_each_file_once() {
  expect_equal "$(commands <<'END'
  "actions": [{
    "arguments": ["gcc", "-iquote", "external/a~", "-Iexternal/b", "-fno-canonical-system-headers", "-c", "lib/x.cc", "-o", "x.pic.o"],
  }, {
    "arguments": ["gcc", "-c", "lib/x.cc", "-o", "x.o"],
  }, {
    "arguments": ["gcc", "-c", "lib/y.cc", "-DA=\"b\""],
END
  )" '[
{"directory": "TREE", "file": "lib/x.cc", "arguments": ["gcc", "-iquote", "/base/external/a~", "-I/base/external/b", "-c", "lib/x.cc", "-o", "x.pic.o"]},
{"directory": "TREE", "file": "lib/y.cc", "arguments": ["gcc", "-c", "lib/y.cc", "-DA=\"b\""]}
]'
}

test_no_file() {
  expect_equal "$(commands </dev/null)" "[]"
}

test_targets() {
  commands </dev/null >/dev/null
  expect_equal "$(cat "$scratch/asked")" "mnemonic('CppCompile', set(//lib/... //tools/...))"
  commands //lib/tar:all //tools/x </dev/null >/dev/null
  expect_equal "$(cat "$scratch/asked")" "mnemonic('CppCompile', set(//lib/tar:all //tools/x))"
}

run_tests
