#!/usr/bin/env bash
# Checks the direction of includes: a library sees those of the rows above its
# own, and nothing else. A library is a directory of lib, or one below that has
# a row. docs/architecture.md has the same picture.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/programs.sh"

files '*.h' '*.cc' | xargs -0 grep -HnE '^#include "(e2e|lib|tools|rules)/' | awk -F: '
  BEGIN {
    row("base")
    row("json digest compression tar http pattern process")
    row("reference platform layer network worker")
    row("dockerfile/values dockerfile/expand")
    row("dockerfile/syntax")
    row("dockerfile/stages")
    row("dockerfile/lint")
    row("plan")
    row("oci copy rootfs apt")
    row("sandbox docker registry compare")
    row("run")
    row("container")
    row("image_test")
    # It runs argv in a root and knows nothing of images.
    only["lib/sandbox"] = "lib/base lib/process lib/rootfs"
  }
  function row(names, list, count, i) {
    rows++
    count = split(names, list, " ")
    for (i = 1; i <= count; i++) level["lib/" list[i]] = rows
  }
  # The nearest directory above that has a row; without one, that below lib.
  function library(path, parts, directory) {
    split(path, parts, "/")
    if (parts[1] != "lib") return parts[1]
    for (directory = path; sub(/\/[^\/]*$/, "", directory);) {
      if (directory in level) return directory
    }
    return "lib/" parts[2]
  }
  function complain(why) {
    print $1 ":" $2 ": " from " includes " to ": " why
    bad = 1
  }
  {
    sub(/^\.\//, "", $1)
    split($3, quoted, "\"")
    from = library($1)
    to = library(quoted[2])
    # Tests may use lib/testing, which may use anything.
    testing = from == "lib/testing" ||
      $1 ~ /\/(test_[a-z_]*|[a-z_]*_(test|testing|fuzz|benchmark))\.(h|cc)$/
    program = from == "tools" || from == "e2e"
    if (from == to || program && to != "lib/testing" && to != "e2e") next
    if (to == "e2e") {
      complain("only e2e may")
    } else if (to == "lib/testing") {
      if (!testing) complain("only tests may")
    } else if (from == "lib/testing") {
      next
    } else if (!(from in level)) {
      complain(from " has no row in tools/dev/check_layers.sh")
    } else if (!(to in level)) {
      complain(to " has no row in tools/dev/check_layers.sh")
    } else if (level[to] >= level[from] ||
               from in only && !index(only[from] " ", to " ")) {
      complain("it must not know it")
    }
  }
  END { exit bad }'
