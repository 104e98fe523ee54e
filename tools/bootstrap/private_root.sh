# shellcheck shell=bash
# Sourced. Makes directories of programs that need no installation, once a user
# and machine, each from packages of a Debian mirror, with neither root
# privilege nor anything that a minimal Debian lacks.
#
# They lie in $RD_TOOLROOT_DIR, by default in the user's cache directory. Each is
# named by the hash of what defines it, made beside that name and renamed when
# it is whole: a root that has its name is good.

bootstrap=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# Says why there can be no root, and what to do.
give_up() {
  printf 'rules_dockerfile: %s\n' "$@" >&2
  exit 1
}

# Sandboxed actions have a /tmp of their own: they would not see the root.
is_under_tmp() { [[ $(readlink -m "$1")/ == /tmp/* ]]; }

choose_directory() {
  local directory=${RD_TOOLROOT_DIR:-${XDG_CACHE_HOME:-~/.cache}/rules_dockerfile}
  if is_under_tmp "$directory"; then
    [[ -z ${RD_TOOLROOT_DIR:-} ]] || give_up \
      "the tool root cannot lie in $directory: sandboxed actions do not see /tmp" \
      "set RD_TOOLROOT_DIR to a directory elsewhere"
    directory=/var/tmp/rules_dockerfile-$(id -u)
  fi
  readlink -m "$directory"
}

check_machine() {
  local program architecture instead="or install bazelisk, and run this again"
  for program in apt-get apt-config dpkg dpkg-deb flock; do
    command -v "$program" >/dev/null || give_up \
      "there is no Bazel 7 here, and no $program to set one up with" \
      "use a Debian machine, $instead"
  done
  architecture=$(dpkg --print-architecture)
  [[ $architecture == amd64 ]] || give_up \
    "Bazel can be set up from Debian's packages on amd64 only; this is $architecture" \
    "use such a machine, $instead"
  [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]] || give_up \
    "there are no keys to check Debian's packages with" \
    "install debian-archive-keyring, $instead"
}

make_directory() {
  if ! mkdir -p "$1" || [[ ! -w $1 || ! -O $1 ]]; then
    give_up "cannot write the tool root into $1" \
      "set RD_TOOLROOT_DIR to a directory of your own"
  fi
}

# Whether $2 MB of programs can be put into directory $1. Needs the lock.
check_directory() {
  local available probe=$1/probe
  available=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  ((available >= $2)) || give_up \
    "$1 has $available MB free, and the tool root needs $2 MB while it is made" \
    "free some, or set RD_TOOLROOT_DIR to a directory on another disk"
  printf '#!/bin/sh\n' >"$probe"
  chmod +x "$probe"
  "$probe" 2>/dev/null || give_up \
    "programs in $1 cannot be run: is it mounted noexec?" \
    "set RD_TOOLROOT_DIR to a directory on another file system"
  rm "$probe"
}

# make_whole ROOT MAKE: makes ROOT by `MAKE DIRECTORY ROOT`, where DIRECTORY is
# what becomes ROOT. Needs the lock, so what an interrupted run left can go.
make_whole() {
  export RD_STARTED=$EPOCHSECONDS
  rm -rf "${1%/*}"/*.partial
  partial=$1.partial
  trap 'rm -rf "$partial"' EXIT
  mkdir "$partial"
  "$2" "$partial" "$1"
  mv -T "$partial" "$1"
  printf '%4ds ready\n' $((EPOCHSECONDS - RD_STARTED)) >&2
}

# private_root NAME MEGABYTES MAKE FILE...: prints the path of root NAME, which
# is defined by FILEs of this directory. Makes it when it is not there.
private_root() {
  local directory root
  directory=$(choose_directory)
  root=$directory/$1-$(cd "$bootstrap" && cat "${@:4}" | sha256sum | cut -c1-12)
  if [[ ! -d $root ]]; then
    check_machine
    make_directory "$directory"
    exec 9>"$directory/lock"
    if ! flock --nonblock 9; then
      echo "rules_dockerfile: waiting for another set-up in $directory" >&2
      flock 9
    fi
    # Another run may have made it meanwhile.
    if [[ ! -d $root ]]; then
      check_directory "$directory" "$2"
      echo "rules_dockerfile: setting up $1, once, in $root" >&2
      (make_whole "$root" "$3" >&2)
    fi
    exec 9>&-
  fi
  echo "$root"
}
