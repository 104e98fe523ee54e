#!/usr/bin/env bash
# For root: runs tools/bazel with the given arguments as an ordinary user with an
# empty home, in a copy of this tree. The user has no account, no group and no
# ids delegated to him.
#
#   as_ordinary_user.sh CACHE ARGUMENT...
#
# CACHE is a disk cache of root's Bazel, which becomes the user's. The tool root is
# $RD_TOOLROOT_DIR, which the user must be able to read.
set -euo pipefail
shopt -s inherit_errexit

readonly USER_ID=64000  # no account has it on Debian
cache=$1
shift

home=$(mktemp -d /var/tmp/rules_dockerfile-user.XXXXXX)
as_user() {
  (cd "$home/tree" && exec setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups \
    env HOME="$home" USER=user LOGNAME=user XDG_CACHE_HOME="$home/.cache" tools/bazel "$@")
}
clean_up() {
  as_user shutdown >/dev/null 2>&1 || true
  pkill -U "$USER_ID" || true
  rm -rf "$home"
}
trap clean_up EXIT

# It has some GB. A link has the owner of its file, which root need not be.
cp -rl "$cache" "$home/disk_cache" 2>/dev/null || cp -r "$cache/." "$home/disk_cache"
mkdir "$home/tree"
tar --create --exclude='./bazel-*' --exclude=./user.bazelrc . | tar --extract --directory="$home/tree"
chown -R "$USER_ID:$USER_ID" "$home"
as_user "$1" --disk_cache="$home/disk_cache" "${@:2}"
