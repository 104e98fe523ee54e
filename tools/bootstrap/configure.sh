#!/usr/bin/env bash
# configure.sh ROOT FINAL: writes ROOT/rd, what the build uses of a relocated
# root that will lie at FINAL: the compiler's and Bazel's start scripts, the
# modules that stand in for the registry's, and the rc file that names it all.
set -euo pipefail

root=$1 final=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
libraries=usr/lib/x86_64-linux-gnu
loader=$libraries/ld-linux-x86-64.so.2
rd=$root/rd
mkdir -p "$rd/bin" "$rd/modules"

write_script() {
  cat >"$1"
  chmod 755 "$1"
}

# What GCC links dynamically uses the root's own loader and libraries. The old
# kind of rpath, because the new one does not reach a library's own libraries.
write_compilers() {
  cat >"$rd/gcc.specs" <<SPECS
*link:
+ %{!static:%{!static-pie:%{!r:--dynamic-linker=$final/$loader --disable-new-dtags -rpath $final/$libraries}}}

SPECS
  local name driver
  for name in gcc g++ cpp; do
    driver=$(readlink -f "$root/usr/bin/x86_64-linux-gnu-$name")
    driver=$final/usr/bin/$(basename "$driver")
    write_script "$rd/bin/$name" <<SCRIPT
#!/bin/sh
exec '$final/$loader' --library-path '$final/$libraries' --argv0 '$driver' '$driver.elf' \\
  --sysroot='$final' -specs='$final/rd/gcc.specs' "\$@"
SCRIPT
  done
  ln -s ../../usr/bin/mold "$rd/bin/ld"
  for name in ar as dwp gcov nm objcopy objdump strip; do
    [[ ! -e $root/usr/bin/$name ]] || ln -s "../../usr/bin/$name" "$rd/bin/$name"
  done
  # All of Abseil under one name, in any order.
  find "$root/$libraries" -name 'libabsl_*.a' -printf '%f\n' | LC_ALL=C sort |
    sed 's/^lib\(.*\)\.a$/-l\1/' | { echo 'GROUP ('; cat; echo ')'; } >"$rd/libabsl_all.a"
  mv "$rd/libabsl_all.a" "$root/$libraries"
}

# Bazel's class path names Debian's jars by absolute path, and some of those
# name others the same way: give it them all.
write_bazel() {
  local class_path=$root/usr/share/bazel/bazel_classpath_debian_depends.txt jvm
  {
    sed "s#^/usr/share/java#$root/usr/share/java#" "$class_path"
    echo
    find "$root/usr/share/java" -name '*.jar' -type l | LC_ALL=C sort
  } | while read -r jar; do
    if [[ -e $jar ]]; then
      printf '%s\t%s\n' "$(readlink -f "$jar")" "$final${jar#"$root"}"
    fi
  done | awk -F'\t' '!seen[$1]++ { print $2 }' >"$class_path.new"
  mv "$class_path.new" "$class_path"
  jvm=$(find "$root/usr/lib/jvm" -maxdepth 1 -type d -name 'java-*' -printf '%f\n')
  write_script "$rd/bin/bazel" <<SCRIPT
#!/bin/sh
exec '$final/usr/bin/bazel' --nosystem_rc --install_base='$final/usr/share/bazel' --trust_install_base \\
  --server_javabase='$final/usr/lib/jvm/$jvm' --bazelrc='$final/rd/bazelrc' "\$@"
SCRIPT
}

write_module() {
  mkdir -p "$rd/modules/$1"
  printf 'module(name = "%s", version = "0.0.0")\n' "$1" >"$rd/modules/$1/MODULE.bazel"
}

write_libraries() {
  local module package targets flags target build
  while read -r module package targets; do
    flags=${targets#*:}
    flags=${flags# }
    targets=${targets%%:*}
    if [[ ! -e $rd/modules/$module ]]; then
      write_module "$module"
      echo 'bazel_dep(name = "rules_cc", version = "0.0.0")' >>"$rd/modules/$module/MODULE.bazel"
    fi
    build=$rd/modules/$module/$package/BUILD.bazel
    if [[ ! -e $build ]]; then
      mkdir -p "$(dirname "$build")"
      echo 'load("@rules_cc//cc:cc_library.bzl", "cc_library")' >"$build"
    fi
    for target in $targets; do
      printf 'cc_library(name = "%s", linkopts = ["%s"], visibility = ["//visibility:public"])\n' \
        "$target" "$flags" >>"$build"
    done
  done < <(sed 's/#.*//; /^[[:space:]]*$/d' "$here/libraries.txt")
}

# Each module is given by a flag, whatever version is asked for. Bazel refuses a
# flag for a module that nothing needs, so the one that is in every build,
# bazel_tools, is made to need them all.
write_rc() {
  local tools=$root/usr/share/bazel/embedded_tools/MODULE.bazel directory name
  # Nothing here needs these two and they cannot be had without a registry.
  sed -i '/buildozer/d' "$tools"
  write_module apple_support
  write_module protobuf
  echo "common --lockfile_mode=off"
  echo "common --repo_env=CC=$final/rd/bin/gcc"
  echo "common --repo_env=PATH=$final/rd/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  for directory in "$root"/usr/share/bazel/{rules,tools}/*/ "$rd"/modules/*/; do
    [[ -e $directory/MODULE.bazel ]] || continue
    name=$(tr -d ' \n' <"$directory/MODULE.bazel" | grep -o 'module(name=["'\''][^"'\'']*' | cut -c14-)
    directory=$final${directory#"$root"}
    echo "common --override_module=$name=${directory%/}"
    echo "common:workspace --override_repository=$name=${directory%/}"
    grep -q "name = \"$name\"" "$tools" ||
      echo "bazel_dep(name = \"$name\", version = \"0.0.0\")" >>"$tools"
  done
}

write_compilers
write_bazel
write_libraries
write_rc >"$rd/bazelrc"
