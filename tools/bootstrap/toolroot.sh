#!/usr/bin/env bash
# Prints the path of a Bazel that needs no installation: that of the tool root,
# a directory with Bazel, a C++ compiler and the libraries of libraries.txt from
# a Debian mirror. Makes the root first when it is not there, which needs
# neither root privilege nor anything that a minimal Debian lacks.
#
# The root lies in $RD_TOOLROOT_DIR, by default in the user's cache directory,
# and is named by the hash of what defines it. It is made beside that name and
# renamed when it is whole, so a root that has its name is good.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
inputs=(fetch.sh relocate.sh configure.sh packages.txt assumed.txt libraries.txt)
instead="or install bazelisk, and run this again"

# Says why there can be no tool root, and what to do.
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
  local program architecture
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

check_directory() {
  local needed=1400 available probe=$1/probe
  available=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  ((available >= needed)) || give_up \
    "$1 has $available MB free, and the tool root needs $needed MB while it is made" \
    "free some, or set RD_TOOLROOT_DIR to a directory on another disk"
  printf '#!/bin/sh\n' >"$probe"
  chmod +x "$probe"
  "$probe" 2>/dev/null || give_up \
    "programs in $1 cannot be run: is it mounted noexec?" \
    "set RD_TOOLROOT_DIR to a directory on another file system"
  rm "$probe"
}

# Makes root $1. What an interrupted run left is removed: it has the lock.
make_root() {
  local directory=${1%/*}
  check_directory "$directory"
  echo "rules_dockerfile: setting up Bazel and a C++ toolchain, once, in $1" >&2
  export RD_STARTED=$EPOCHSECONDS
  rm -rf "$directory"/*.partial
  partial=$1.partial
  trap 'rm -rf "$partial"' EXIT
  mkdir "$partial"
  "$here/fetch.sh" "$partial" forky "$here/packages.txt" "$here/assumed.txt"
  "$here/relocate.sh" "$partial" "$1"
  "$here/configure.sh" "$partial" "$1"
  mv -T "$partial" "$1"
  printf '%4ds ready\n' $((EPOCHSECONDS - RD_STARTED)) >&2
}

main() {
  local directory root
  directory=$(choose_directory)
  root=$directory/toolroot-$(cd "$here" && cat "${inputs[@]}" | sha256sum | cut -c1-12)
  if [[ ! -d $root ]]; then
    check_machine
    if ! mkdir -p "$directory" || [[ ! -w $directory || ! -O $directory ]]; then
      give_up "cannot write the tool root into $directory" \
        "set RD_TOOLROOT_DIR to a directory of your own"
    fi
    exec 9>"$directory/lock"
    if ! flock --nonblock 9; then
      echo "rules_dockerfile: waiting for another set-up in $directory" >&2
      flock 9
    fi
    # Another run may have made it meanwhile.
    [[ -d $root ]] || (make_root "$root" >&2)
    exec 9>&-
  fi
  echo "$root/rd/bin/bazel"
}

main
