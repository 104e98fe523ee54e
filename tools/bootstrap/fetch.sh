#!/usr/bin/env bash
# fetch.sh ROOT PACKAGES ASSUMED: extracts the packages that file PACKAGES lists
# and all that they need, but for those that file ASSUMED lists, into ROOT.
#
# Only extracted: no maintainer script runs, so it needs no root privilege and
# changes nothing outside ROOT. The packages come from the Debian mirror of the
# machine's own apt set-up, or from $RD_DEBIAN_MIRROR, checked against Debian's
# keys. ROOT/packages.lock names the versions.
set -euo pipefail
shopt -s inherit_errexit

root=$1 packages=$2 assumed=$3
suite=forky
apt=$root/apt
archives=$apt/cache/archives

step() { printf '%4ds %s\n' $((EPOCHSECONDS - RD_STARTED)) "$*" >&2; }

# Repeats step $1 with the size of directory $2 until the process that it is
# given as $3 ends, so that nobody thinks that nothing happens.
report_growth() {
  while sleep 5 && kill -0 "$3" 2>/dev/null; do
    step "$1: $(du -sm "$2" 2>/dev/null | cut -f1) MB so far"
  done
}

# run_reporting TEXT DIRECTORY COMMAND...
run_reporting() {
  local text=$1 directory=$2 status=0
  shift 2
  report_growth "$text" "$directory" $$ 9>&- &
  local reporter=$!
  "$@" || status=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  return "$status"
}

list() { sed 's/#.*//; /^[[:space:]]*$/d' "$1"; }

# The Debian mirror of this machine's apt sources, in either format; it need
# not have been asked for its lists yet.
find_mirror() {
  apt-get indextargets --format '$(SITE) $(ORIGIN)' 2>/dev/null |
    awk '$1 ~ /security/ { next }
         $1 ~ /\/debian(\.list)?\/?$/ { print; exit }
         $2 == "Debian" && !origin { origin = $1 }
         END { if (origin) print origin }' | head -n 1 | cut -d' ' -f1
}

# An apt of our own: its lists, its state and its cache are in ROOT. Proxies and
# passwords are the machine's.
configure_apt() {
  local mirror=$1
  mkdir -p "$apt"/{etc/none.d,state/lists/partial,log} "$archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
    >"$apt/etc/sources.list"
  list "$assumed" | while read -r name; do
    printf '%s\n' "Package: $name" "Status: install ok installed" \
      "Architecture: amd64" "Multi-Arch: allowed" "Version: 99:0" \
      "Maintainer: none" "Description: assumed" ""
  done >"$apt/state/status"
  {
    apt-config dump | grep -E '^Acquire::https?::' || true
    cat <<CONF
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
  } >"$apt/apt.conf"
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

main() {
  local mirror=${RD_DEBIAN_MIRROR:-$(find_mirror)}
  if [[ -z $mirror ]]; then
    echo "tools/bazel: no Debian mirror in this machine's apt sources" >&2
    echo "tools/bazel: set RD_DEBIAN_MIRROR to the address of one" >&2
    exit 1
  fi
  configure_apt "$mirror"
  step "reading the package lists of $suite from $mirror"
  if ! apt-get -qq --error-on=any update; then
    echo "tools/bazel: cannot read Debian's package lists from $mirror" >&2
    echo "tools/bazel: check the network, or set RD_DEBIAN_MIRROR to another mirror" >&2
    exit 1
  fi
  local names
  mapfile -t names < <(list "$packages")
  step "downloading about 270 MB"
  if ! run_reporting "downloading" "$archives" \
    apt-get -qq --download-only install "${names[@]}"; then
    echo "tools/bazel: cannot download the packages from $mirror; run it again" >&2
    exit 1
  fi
  local debs=("$archives"/*.deb)
  step "extracting ${#debs[@]} packages"
  run_reporting "extracting" "$root" extract_all
  for deb in "${debs[@]}"; do basename "$deb" .deb; done >"$root/packages.lock"
  rm -rf "$apt"
}

main
