#!/usr/bin/env bash
# Which mirrors are asked, and what is said when none answers.
set -euo pipefail
source tools/dev/shell_test.sh

# An apt that knows the sources of file $scratch/uris and reaches the mirrors of
# file $scratch/reachable.
make_apt() {
  mkdir "$scratch/bin" "$scratch/root"
  touch "$scratch/uris" "$scratch/reachable"
  printf '#!/bin/sh\n' >"$scratch/bin/apt-config"
  cat >"$scratch/bin/apt-get" <<SCRIPT
#!/bin/sh
case "\$*" in
  '--print-uris update') cat "$scratch/uris" ;;
  *update) grep -qFf "$scratch/reachable" "$scratch/root/apt/etc/sources.list" ;;
  *) exit 1 ;;
esac
SCRIPT
  chmod +x "$scratch/bin"/*
}

# The addresses of mirrors that were asked for their lists, or the refusal.
fetch() {
  PATH=$scratch/bin:$PATH RD_STARTED=$EPOCHSECONDS tools/bootstrap/fetch.sh \
    "$scratch/root" forky tools/bootstrap/packages.txt 2>&1 |
    sed -n 's/.*package lists of forky from //p; s/^rules_dockerfile: //p' || true
}

test_mirrors_of_the_sources_are_asked_in_order() {
  make_apt
  cat >"$scratch/uris" <<'URIS'
'https://other.example/linux/dists/bookworm/InRelease' a 0
'http://mirror.example/debian/dists/bookworm/InRelease' b 0
'http://mirror.example/debian/dists/bookworm-updates/InRelease' c 0
'http://mirror.example/debian-security/dists/bookworm-security/InRelease' d 0
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' e 0
'mirror+file:/etc/apt/mirrors/debian.list/dists/bookworm/InRelease' f 0
URIS
  echo mirror.example >"$scratch/reachable"
  expect_equal "$(fetch)" "\
https://other.example/linux
http://mirror.example/debian
cannot download the packages
check the network and run this again"
}

test_no_mirror_answers() {
  make_apt
  echo none >"$scratch/reachable"
  cat >"$scratch/uris" <<'URIS'
'http://mirror.example/debian/dists/bookworm/InRelease' a 0
'mirror+file:/etc/apt/mirrors/debian.list/dists/bookworm/InRelease' b 0
URIS
  expect_equal "$(fetch)" "\
http://mirror.example/debian
mirror+file:/etc/apt/mirrors/debian.list
cannot read Debian's package lists: http://mirror.example/debian mirror+file:/etc/apt/mirrors/debian.list
check the network, or set RD_DEBIAN_MIRROR to the address of a mirror"
}

test_no_mirror_in_the_sources() {
  make_apt
  expect_equal "$(fetch)" "\
there is no Debian mirror in this machine's apt sources
set RD_DEBIAN_MIRROR to the address of one"
}

test_mirror_of_the_environment_is_asked_alone() {
  make_apt
  echo mine.example >"$scratch/reachable"
  echo "'http://mirror.example/debian/dists/bookworm/InRelease' a 0" >"$scratch/uris"
  expect_equal "$(RD_DEBIAN_MIRROR=http://mine.example/debian fetch | head -n 1)" \
    http://mine.example/debian
}

run_tests
