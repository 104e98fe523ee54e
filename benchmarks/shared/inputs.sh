# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: inputs, the same bytes each time.

# size FULL QUICK: prints the one for this run.
size() { if [[ $quick ]]; then echo "$2"; else echo "$1"; fi; }

# bytes MEGABYTES [SEED]: prints bytes that gzip compresses to about a third, as programs.
# Three parts of four are numbers in hexadecimal with much in common, one is random.
bytes() {
  local megabytes=$1 seed=${2:-1}
  head -c "${megabytes}M" < <(paste -d '\n' \
    <(openssl enc -aes-128-ctr -nosalt -K "$(printf '%032x' "$seed")" -iv 0 -in /dev/zero 2>/dev/null | base64 -w 1000) \
    <(seq -f 'the text of a program has parts that come again: %.0f' "$seed" 1000000000 | tr '\n' ';' | fold -w 3000) 2>/dev/null)
}

# files DIRECTORY COUNT BYTES [SEED]: COUNT files of BYTES each, 100 in a directory.
files() {
  local directory=$1 count=$2
  mkdir -p "$directory"
  (cd "$directory" && head -c $((count * $3)) < <(bytes $((count * $3 / 1048576 + 1)) "${4:-1}") |
    split -b "$3" -a 6 -d - f)
  (cd "$directory" && for file in f*00; do
    mkdir "d${file#f}"
    mv "${file%00}"?? "d${file#f}/"
  done)
}

# What Debian's busybox-static has: a shell for the images. Sets $busybox.
fetch_busybox() {
  busybox=$work/busybox/bin/busybox
  [[ ! -e $busybox ]] || return 0
  mkdir "$work/busybox"
  (cd "$work/busybox" && apt-get download -qq busybox-static >"$work/apt.log" 2>&1 && dpkg-deb -x ./*.deb .) || {
    echo "run.sh: cannot download busybox-static" >&2
    cat "$work/apt.log" >&2
    return 1
  }
  [[ -e $busybox ]] || busybox=$work/busybox/usr/bin/busybox
}

# write_rootfs TAR MEGABYTES [SEED]: a root file system like that of a distribution: a shell, and
# files of 25 kB, all of root and of one time.
write_rootfs() {
  local root=$work/rootfs
  fetch_busybox
  mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev}
  cp "$busybox" "$root/bin/busybox"
  chmod 1777 "$root/tmp"
  local name
  for name in $("$busybox" --list); do
    if [[ $name != busybox ]]; then ln -s busybox "$root/bin/$name"; fi
  done
  files "$root/usr/share" $(($2 * 40)) 26214 "${3:-1}"
  tar_of "$root" "$1"
  rm -rf "$root"
}

# tar_of DIRECTORY TAR: the same bytes from the same files.
tar_of() {
  tar --create --file="$2" --directory="$1" --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner \
    --format=gnu .
}
