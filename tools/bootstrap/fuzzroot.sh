#!/usr/bin/env bash
# Prints the path of a clang with libFuzzer that compiles against the tool
# root's C++ library and modules.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$here/private_root.sh"

bazel=$("$here/toolroot.sh")
toolroot=${bazel%/rd/bin/bazel}

write_script() {
  cat >"$1"
  chmod 755 "$1"
}

# clang starts itself again by its own path: a script has to stand there that
# runs it with the root's libraries.
make_fuzzroot() {
  local clang libraries=usr/lib/x86_64-linux-gnu
  "$here/fetch.sh" "$1" forky "$here/fuzz_packages.txt"
  clang=$(cd "$1" && echo usr/lib/llvm-*/bin/clang)
  mv "$1/$clang" "$1/$clang.elf"
  write_script "$1/$clang" <<SCRIPT
#!/bin/sh
exec '$2/$libraries/ld-linux-x86-64.so.2' --library-path '$2/$libraries' --argv0 "\$0" '$2/$clang.elf' "\$@"
SCRIPT
  mkdir "$1/run"
  write_script "$1/run/clang" <<SCRIPT
#!/bin/sh
exec '$2/$clang' -no-canonical-prefixes -Wno-unused-command-line-argument \\
  --sysroot='$toolroot' --gcc-install-dir='$(echo "$toolroot"/usr/lib/gcc/x86_64-linux-gnu/*)' \\
  --ld-path='$toolroot/usr/bin/mold' -Wl,-rpath,'$toolroot/$libraries' \\
  -Wl,--dynamic-linker='$toolroot/$libraries/ld-linux-x86-64.so.2' "\$@"
SCRIPT
}

root=$(private_root fuzzroot 900 make_fuzzroot fuzzroot.sh fuzz_packages.txt \
  fetch.sh relocate.sh configure.sh packages.txt assumed.txt libraries.txt)
echo "$root/run/clang"
