#!/usr/bin/env bash
# relocate.sh ROOT FINAL: makes the programs of ROOT, extracted Debian packages,
# run from path FINAL on a machine with an older C library, with no chroot,
# mount or privilege.
#
# Position independent programs get the root's own loader and library path. The
# others would be corrupted by patchelf (0.18): they become a script that runs
# them through that loader.
set -euo pipefail

root=$1 final=$2
libraries=usr/lib/x86_64-linux-gnu
loader=$libraries/ld-linux-x86-64.so.2
export root final libraries loader

printf '%4ds making it run in place\n' $((EPOCHSECONDS - RD_STARTED)) >&2

# Absolute symbolic links point into the machine; make them point into the root.
find "$root" -type l -lname '/*' -printf '%p\t%l\n' |
  while IFS=$'\t' read -r link target; do
    if [[ -e $root$target || -L $root$target ]]; then
      ln -sfn --relative "$root$target" "$link"
    fi
  done

# Some builds of GCC look for `as` and `ld` by absolute path before they look
# beside their own programs: spoil the path, keeping its length, and put them
# there.
{ grep -rlF /usr/bin/x86_64-linux-gnu- "$root"/usr/{bin,libexec/gcc} || true; } |
  xargs -r sed -i 's#/usr/bin/x86_64-linux-gnu-#/-------/x86_64-linux-gnu-#g'
for directory in "$root"/usr/libexec/gcc/x86_64-linux-gnu/*/; do
  for tool in as nm ar ranlib; do
    ln -sfn --relative "$root/usr/bin/$tool" "$directory$tool"
  done
  ln -sfn --relative "$root/usr/bin/mold" "${directory}ld"
  # Bazel asks GCC for these and would be given the machine's.
  ln -sfn /bin/false "${directory}ld.lld"
  ln -sfn /bin/false "${directory}ld.gold"
done

cp "$root/usr/bin/patchelf" "$root/.patchelf"
patch_elf() {
  "$root/$loader" --library-path "$root/$libraries" "$root/.patchelf" "$@"
}

relocate() {
  local file=$1 header
  header=$(od -An -v -tx1 -N18 "$file" | tr -d ' \n')
  [[ $header == 7f454c460201* ]] || return 0
  local type=${header:32:4} interpreter='' rpath
  # The C library itself has an interpreter and must not be touched.
  if [[ $file != "$root/$libraries"/lib*.so* ]]; then
    interpreter=$(patch_elf --print-interpreter "$file" 2>/dev/null || true)
  fi
  rpath=$(patch_elf --print-rpath "$file" 2>/dev/null || true)
  rpath=${rpath:+$rpath:}$final/$libraries
  if [[ $type == 0200 && -n $interpreter ]]; then
    mv "$file" "$file.elf"
    cat >"$file" <<SCRIPT
#!/bin/sh
exec '$final/$loader' --library-path '$final/$libraries' --argv0 "\$0" '$final${file#"$root"}.elf' "\$@"
SCRIPT
    chmod 755 "$file"
  elif [[ $type == 0300 && -n $interpreter ]]; then
    patch_elf --set-interpreter "$final/$loader" --force-rpath --set-rpath "$rpath" "$file"
  elif [[ $type == 0300 && $rpath != "$final/$libraries" ]]; then
    patch_elf --force-rpath --set-rpath "$rpath" "$file"
  fi
}
export -f patch_elf relocate

{
  find "$root"/usr/{bin,libexec,lib/jvm,share/bazel} "$root/$libraries/bazel" \
    -type f \( -perm /111 -o -name '*.so' \) -print0
  find "$root/$libraries" -maxdepth 1 -type f -name '*.so*' ! -name 'ld-linux*' \
    -size +3k -print0
} >"$root/.programs"
xargs -0 -a "$root/.programs" -P "$(nproc)" -n 16 \
  bash -euc 'for file; do relocate "$file"; done' _
rm "$root/.patchelf" "$root/.programs"
