#!/usr/bin/env bash
# Prints the path of the tool root: a directory with Bazel, a C++ compiler and
# the libraries of libraries.txt, taken from a Debian mirror. Makes it first
# when it is not there, which needs neither root nor anything that a minimal
# Debian lacks.
#
# The root lies in $RD_TOOLROOT_DIR, by default the user's cache directory, and
# is named by the hash of what defines it. It is made beside that name and
# renamed when it is whole, so a root that has its name is good.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
inputs=(fetch.sh relocate.sh configure.sh packages.txt assumed.txt libraries.txt)

# Says why there can be no tool root, and what to do instead.
give_up() {
  printf 'tools/bazel: %s\n' "$@" >&2
  exit 1
}

# Sandboxed actions have a /tmp of their own and would not see the root.
is_under_tmp() { [[ $(readlink -m "$1")/ == /tmp/* ]]; }

choose_parent() {
  local parent=${RD_TOOLROOT_DIR:-}
  if [[ -n $parent ]]; then
    ! is_under_tmp "$parent" || give_up \
      "the tool root cannot lie in $parent: sandboxed actions do not see /tmp" \
      "set RD_TOOLROOT_DIR to a directory elsewhere"
  else
    parent=${XDG_CACHE_HOME:-~/.cache}/rules_dockerfile
    if is_under_tmp "$parent"; then
      parent=/var/tmp/rules_dockerfile-$(id -u)
    fi
  fi
  mkdir -p "$parent" && [[ -O $parent && -w $parent ]] || give_up \
    "cannot use $parent for the tool root: not a directory of this user's own" \
    "set RD_TOOLROOT_DIR to a directory that can be written"
  readlink -f "$parent"
}

check_machine() {
  local instead="install bazelisk, or Bazel 7 or later, and run this again"
  local program
  for program in apt-get apt-config dpkg dpkg-deb tar; do
    command -v "$program" >/dev/null || give_up \
      "no bazelisk and no Bazel 7 on this machine, and no $program to set one up with" \
      "$instead"
  done
  local architecture
  architecture=$(dpkg --print-architecture)
  [[ $architecture == amd64 ]] || give_up \
    "the offline set-up knows amd64 only; this machine is $architecture" "$instead"
  [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]] || give_up \
    "no keys to check Debian's packages with" \
    "install debian-archive-keyring and run this again, or $instead"
}

check_space() {
  local needed=1400 available
  available=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  ((available >= needed)) || give_up \
    "$1 has $available MB free; the set-up needs $needed MB" \
    "free some, or set RD_TOOLROOT_DIR to a directory on another disk"
}

make_root() {
  local root=$1
  partial=$1.partial
  check_machine
  check_space "$(dirname "$root")"
  echo "tools/bazel: setting up Bazel and a C++ toolchain from Debian, once, in $root" >&2
  export RD_STARTED=$EPOCHSECONDS
  trap 'rm -rf "$partial"' EXIT
  rm -rf "$(dirname "$root")"/*.partial
  mkdir "$partial"
  "$here/fetch.sh" "$partial" "$here/packages.txt" "$here/assumed.txt" >&2
  "$here/relocate.sh" "$partial" "$root" >&2
  "$here/configure.sh" "$partial" "$root" >&2
  mv -T "$partial" "$root"
  printf '%4ds ready\n' $((EPOCHSECONDS - RD_STARTED)) >&2
}

main() {
  local parent root
  parent=$(choose_parent)
  root=$parent/toolroot-$(cd "$here" && cat "${inputs[@]}" | sha256sum | cut -c1-12)
  if [[ ! -d $root ]]; then
    exec 9>"$parent/lock"
    if ! flock --nonblock 9; then
      echo "tools/bazel: waiting for another set-up in $parent" >&2
      flock 9
    fi
    [[ -d $root ]] || (make_root "$root")
    exec 9>&-
  fi
  echo "$root/rd/bin/bazel"
}

main
