#!/usr/bin/env bash
# fetch.sh ROOT SUITE PACKAGES: extracts the packages of Debian SUITE that file
# PACKAGES lists, and all that they need but for those of assumed.txt, into the
# empty directory ROOT.
#
# Only extracted: no maintainer script runs, so it needs no root privilege and
# changes nothing outside ROOT. The packages come from the Debian mirror of the
# machine's own apt set-up, or from $RD_DEBIAN_MIRROR, checked against Debian's
# keys. ROOT/packages.lock names the versions.
set -euo pipefail
shopt -s inherit_errexit

root=$1 suite=$2 packages=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
apt=$root/apt
archives=$apt/cache/archives

step() { printf '%4ds %s\n' $((EPOCHSECONDS - RD_STARTED)) "$*" >&2; }

give_up() {
  printf 'rules_dockerfile: %s\n' "$@" >&2
  exit 1
}

# report_growth TEXT DIRECTORY: reports the size of DIRECTORY every five seconds
# for as long as this script runs, so that nobody thinks that nothing happens.
report_growth() {
  local never
  exec {never}<> <(:) 9>&-
  while ! read -rt 5 -u "$never" && kill -0 $$ 2>/dev/null; do
    step "$1: $(du -sm "$2" 2>/dev/null | cut -f1) MB so far"
  done
}

# reporting TEXT DIRECTORY COMMAND...: runs COMMAND, reporting meanwhile.
reporting() {
  report_growth "$1" "$2" &
  local reporter=$! status=0
  "${@:3}" || status=$?
  kill "$reporter"
  wait "$reporter" 2>/dev/null || true
  return "$status"
}

# The lines of file $1 that are neither comment nor blank.
entries() { sed 's/#.*//; /^[[:space:]]*$/d' "$1"; }

# What may be a Debian mirror in this machine's apt sources, of either format:
# that they have not been asked for their lists yet is no hindrance.
find_mirrors() {
  apt-get --print-uris update 2>/dev/null |
    sed -nE "s#^'(.*)/dists/[a-z]+/InRelease'.*#\1#p" | awk '!seen[$0]++'
}

# An apt of our own, with its lists, state and cache in ROOT. Proxies and
# passwords are the machine's.
configure_apt() {
  local name
  mkdir -p "$apt"/{etc/none.d,state/lists/partial,log} "$archives/partial"
  entries "$here/assumed.txt" | while read -r name; do
    printf '%s\n' "Package: $name" "Status: install ok installed" \
      "Architecture: amd64" "Multi-Arch: allowed" "Version: 99:0" \
      "Maintainer: none" "Description: assumed" ""
  done >"$apt/state/status"
  apt-config dump | grep -E '^Acquire::https?::' >"$apt/apt.conf" || true
  cat >>"$apt/apt.conf" <<CONF
Dir::Etc "$apt/etc";
Dir::Etc::main "none";
Dir::Etc::parts "none.d";
Dir::Etc::sourceparts "none.d";
Dir::Etc::preferences "none";
Dir::Etc::preferencesparts "none.d";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
Dir::State "$apt/state";
Dir::State::status "$apt/state/status";
Dir::Cache "$apt/cache";
Dir::Log "$apt/log";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Get::Assume-Yes "true";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
// A mirror may be a copy of a past day, whose lists have expired.
Acquire::Check-Valid-Until "false";
CONF
  export APT_CONFIG=$apt/apt.conf
}

extract() {
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner \
    --keep-directory-symlink --exclude='./usr/share/doc' \
    --exclude='./usr/share/info' --exclude='./usr/share/lintian' \
    --exclude='./usr/share/locale' --exclude='./usr/share/man' \
    --exclude='./usr/share/maven-repo' --exclude='./usr/share/nodejs' \
    --exclude='./usr/bin/*lto-dump*' --exclude='./usr/libexec/gcc/*/lto1'
}

extract_all() {
  local directory
  for directory in bin lib lib64 sbin; do
    mkdir -p "$root/usr/$directory"
    ln -s "usr/$directory" "$root/$directory"
  done
  export -f extract
  printf '%s\0' "$archives"/*.deb |
    xargs -0 -P "$(nproc)" -I{} bash -o pipefail -c 'extract "$@"' _ {} "$root"
}

# Reads Debian's package lists from the first of the mirrors that has them.
read_lists() {
  local mirror
  for mirror; do
    step "reading the package lists of $suite from $mirror"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
      >"$apt/etc/sources.list"
    ! apt-get -qq --error-on=any update || return 0
  done
  return 1
}

main() {
  local mirrors names debs deb
  mapfile -t mirrors < <(echo "${RD_DEBIAN_MIRROR:-$(find_mirrors)}")
  [[ -n ${mirrors[0]} ]] || give_up \
    "there is no Debian mirror in this machine's apt sources" \
    "set RD_DEBIAN_MIRROR to the address of one"
  configure_apt
  read_lists "${mirrors[@]}" || give_up \
    "cannot read Debian's package lists: ${mirrors[*]}" \
    "check the network, or set RD_DEBIAN_MIRROR to the address of a mirror"
  mapfile -t names < <(entries "$packages")
  step "downloading packages"
  reporting "downloading" "$archives" \
    apt-get -qq --download-only install "${names[@]}" || give_up \
    "cannot download the packages" "check the network and run this again"
  debs=("$archives"/*.deb)
  step "extracting ${#debs[@]} packages"
  reporting "extracting" "$root" extract_all || give_up \
    "cannot extract the packages into $root"
  for deb in "${debs[@]}"; do basename "$deb" .deb; done >"$root/packages.lock"
  rm -rf "$apt"
}

main
