#!/usr/bin/env bash
# Locks the packages of a Debian base image, for apt_lock in apt_lock.bzl:
#
#   lock.sh APT_LOCK LOCK_FILE SUITE ARCHITECTURE base|packages PACKAGE…
#
# "base": the packages of a base image, the given packages, and their dependencies;
# "packages": only the given packages.
#
# The host's apt resolves them, with a separate configuration and state, as if nothing
# were installed, and verifies Debian's signatures. No privileges are needed.
# APT_LOCK (//tools/apt_lock) writes the file.
set -euo pipefail

fail() {
  echo "lock: $*" >&2
  exit 1
}

apt_lock=$PWD/$1 lock_file=$2 suite=$3 architecture=$4 set=$5
shift 5
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

command -v apt-get >/dev/null ||
  fail "no such program: apt-get; locking packages requires apt"
[[ -r $keyring ]] ||
  fail "no such file: $keyring; install the package debian-archive-keyring"
[[ -n ${BUILD_WORKSPACE_DIRECTORY:-} ]] ||
  fail "expected \`bazel run\`: BUILD_WORKSPACE_DIRECTORY is not set"

# Prints the mirror of an archive: $2 if set, else the apt source of the host whose
# URL ends in the archive's name.
mirror() {
  local archive=$1 url=$2
  if [[ -z $url ]]; then
    # shellcheck disable=SC2016  # apt expands it
    url=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
      grep -E "^https?://.*/$archive/?\$" | head -n 1) || true
  fi
  echo "${url%/}"
}
debian=$(mirror debian "${RD_DEBIAN_MIRROR:-}")
security=$(mirror debian-security "${RD_DEBIAN_SECURITY_MIRROR:-}")
[[ -n $debian ]] ||
  fail "no Debian mirror among the host's apt sources; set RD_DEBIAN_MIRROR to its URL"

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
mkdir -p "$state"/{none,lists/partial,archives/partial}
touch "$state/status"
{
  echo "deb [signed-by=$keyring] $debian $suite main"
  echo "deb [signed-by=$keyring] $debian $suite-updates main"
  [[ -z $security ]] ||
    echo "deb [signed-by=$keyring] $security $suite-security main"
} >"$state/sources.list"
{
  # The host's settings for access to mirrors: proxies, and whether Release files may
  # be expired (mirrors that are frozen in time).
  apt-config dump Acquire::http Acquire::https Acquire::Check-Valid-Until \
    Acquire::Check-Date
  cat <<EOF
Dir::Etc "$state";
Dir::Etc::main "none/apt.conf";
Dir::Etc::parts "none";
Dir::Etc::preferences "none/preferences";
Dir::Etc::preferencesparts "none";
Dir::Etc::sourcelist "sources.list";
Dir::Etc::sourceparts "none";
Dir::State "$state";
Dir::State::lists "lists";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Cache::archives "archives";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
EOF
} >"$state/apt.conf"
export APT_CONFIG=$state/apt.conf LC_ALL=C
apt-get -qq update

# The newest versions, as NAME=VERSION, of the essential, required and given packages,
# or only of the given ones.
case $set in
  base)
    mapfile -t required < <(apt-cache dumpavail | awk '
      /^Package: / { name = $2 }
      /^Essential: yes$/ || /^Priority: required$/ { print name }' | sort -u)
    mapfile -t selected < <(
      apt-get -qq -y --simulate install "${required[@]}" "$@" | awk '
        $1 == "Inst" { sub(/^\(/, "", $3); print $2 "=" $3 }')
    ;;
  packages)
    mapfile -t selected < <(apt-cache policy "$@" | awk '
      /^[^ ].*:$/ { name = substr($1, 1, length($1) - 1) }
      $1 == "Candidate:" && $2 != "(none)" { print name "=" $2 }')
    [[ ${#selected[@]} -eq $# ]] ||
      fail "expected the packages $*, got ${selected[*]:-none}"
    ;;
  *) fail "expected base or packages, got \"$set\"" ;;
esac
[[ ${#selected[@]} -gt 0 ]] || fail "apt found no packages to install"
apt-cache show "${selected[@]}" >"$state/selected"

# The newest date of the archives is the date of the files in the base image.
date=$(sed -n 's/^Date: //p' "$state"/lists/*_InRelease |
  while read -r text; do date -u -d "$text" +%s; done | sort -n | tail -n 1)

"$apt_lock" --suite="$suite" --architecture="$architecture" --date="$date" \
  --packages="$state/selected" --lock_out="$state/lock"

# An archive has a new date every day, which alone does not require a new image.
lock_file=$BUILD_WORKSPACE_DIRECTORY/$lock_file
if [[ -e $lock_file ]] &&
  diff -q <(grep -v '"date": ' "$lock_file") <(grep -v '"date": ' "$state/lock") \
    >/dev/null; then
  echo "lock: no new packages"
  exit
fi
cat "$state/lock" >"$lock_file"
echo "lock: ${#selected[@]} packages in $lock_file"
