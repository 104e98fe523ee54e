#!/usr/bin/env bash
# Prints the path of the release root: what the tools of a release are built
# with besides the tool root. It contains
#   run/arm64/gcc, ...   a compiler for arm64, with Debian's arm64 libraries
#   curl/PLATFORM        a module `curl` with a static libcurl, for HTTP alone;
#                        that of Debian needs libraries that are shared only
set -euo pipefail
shopt -s inherit_errexit

release=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$release/../bootstrap/private_root.sh"

curl_version=8.22.0
curl_sha256=d54dd598bf05927a726deb38df31c6a255ba83ff1de57c5d1464dac3ed8f44a1

bazel=$("$bootstrap/toolroot.sh")
toolroot=${bazel%/rd/bin/bazel}

write_script() {
  cat >"$1"
  chmod 755 "$1"
}

# The programs are of a newer system: a script runs each with the loader and the
# libraries that came with it.
wrap_programs() {
  local host=$1/host libraries=usr/lib/x86_64-linux-gnu program
  find "$host/usr/bin" "$host/usr/libexec/gcc-cross" -type f -perm /111 ! -name '*.so' |
    while read -r program; do
      [[ $(od -An -tx1 -N4 "$program") == ' 7f 45 4c 46' ]] || continue
      mv "$program" "$program.elf"
      write_script "$program" <<SCRIPT
#!/bin/sh
exec '$host/$libraries/ld-linux-x86-64.so.2' --library-path '$host/$libraries' \\
  --argv0 "\$0" '$program.elf' "\$@"
SCRIPT
    done
}

# What Bazel looks for on the path when it configures the compiler.
write_arm64() {
  local name host=$1/host run=$1/run/arm64 libraries=$1/arm64/usr/lib/aarch64-linux-gnu
  local own=$host/usr/aarch64-linux-gnu
  mkdir -p "$run"
  for name in gcc g++; do
    write_script "$run/$name" <<SCRIPT
#!/bin/sh
exec '$host/usr/bin/aarch64-linux-gnu-$name' --sysroot='$1/arm64' "\$@"
SCRIPT
  done
  for name in ar gcov nm objcopy objdump strip; do
    ln -s --relative "$host/usr/bin/aarch64-linux-gnu-$name" "$run/$name"
  done
  ln -sfn "$toolroot/usr/bin/mold" "$own/bin/ld"
  # Bazel asks GCC for these and would be given the host's.
  for name in ld.gold ld.lld; do ln -s /bin/false "$own/bin/$name"; done
  # The C library's linker scripts name files by where Debian installs them.
  grep -lI 'GNU ld script' "$own"/lib/*.{a,so} | xargs sed -i 's#/usr/aarch64-linux-gnu/lib/##g'
  find "$libraries" -name 'libabsl_*.a' -printf '%f\n' | LC_ALL=C sort |
    sed 's/^lib\(.*\)\.a$/-l\1/' | { echo 'GROUP ('; cat; echo ')'; } >"$1/libabsl_all.a"
  mv "$1/libabsl_all.a" "$libraries"
}

# The addresses of the source package's archive, which is the one that curl's
# authors publish.
curl_urls() {
  local mirror
  while read -r mirror; do
    echo "$mirror/pool/main/c/curl/curl_$curl_version.orig.tar.gz"
  done < <(echo "${RD_DEBIAN_MIRROR:-$(apt-get --print-uris update 2>/dev/null |
    sed -nE "s#^'(.*)/dists/[a-z]+/InRelease'.*#\1#p")}")
  echo "https://curl.se/download/curl-$curl_version.tar.gz"
}

fetch_curl() {
  local url
  while read -r url; do
    ! /usr/lib/apt/apt-helper download-file "$url" "$1/curl.tar.gz" "SHA256:$curl_sha256" \
      2>/dev/null || break
  done < <(curl_urls)
  [[ -s $1/curl.tar.gz ]] || give_up "cannot download curl $curl_version" \
    "check the network, or set RD_DEBIAN_MIRROR to the address of a mirror that has it"
  mkdir "$1/curl_source"
  tar -xf "$1/curl.tar.gz" -C "$1/curl_source" --strip-components=1
}

# make_curl ROOT PLATFORM TRIPLET PROGRAMS: PROGRAMS has gcc and ar.
make_curl() {
  local module=$1/curl/$2 make=$1/host/usr/bin/make
  mkdir -p "$module" "$1/curl_build"
  printf '%4ds compiling libcurl for %s\n' $((EPOCHSECONDS - RD_STARTED)) "$2" >&2
  (
    cd "$1/curl_build" &&
    "$1/curl_source/configure" --quiet --host="$3" --prefix=/ CC="$4/gcc" AR="$4/ar" \
      CFLAGS="-O2 -ffile-prefix-map=$1=." --disable-shared --with-openssl \
      --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt --with-ca-path=/etc/ssl/certs \
      --disable-{dict,docs,file,ftp,gopher,imap,ipfs,ldap,ldaps,manual,mqtt,pop3,rtsp,smb,smtp,telnet,tftp,websockets} \
      --without-{brotli,gssapi,libidn2,libpsl,libssh2,nghttp2,nghttp3,ngtcp2,zlib,zstd} &&
    "$make" -s -j"$(nproc)" -C lib &&
    "$make" -s -C lib install DESTDIR="$module" &&
    "$make" -s -C include install DESTDIR="$module"
  ) >"$1/curl.log" 2>&1 || {
    tail -n 20 "$1/curl.log" >&2
    give_up "cannot compile libcurl for $2"
  }
  rm -r "$1/curl_build"
  cp "$release/static_resolver.c" "$module"
  cat >"$module/MODULE.bazel" <<'MODULE'
module(name = "curl", version = "0.0.0")
bazel_dep(name = "openssl", version = "0.0.0")
bazel_dep(name = "rules_cc", version = "0.0.0")
MODULE
  cat >"$module/BUILD.bazel" <<'BUILD'
load("@rules_cc//cc:cc_library.bzl", "cc_library")
cc_library(
    name = "static_resolver",
    srcs = ["static_resolver.c"],
    alwayslink = True,
)
cc_library(
    name = "curl",
    srcs = ["lib/libcurl.a"],
    hdrs = glob(["include/curl/*.h"]),
    includes = ["include"],
    visibility = ["//visibility:public"],
    deps = [
        ":static_resolver",
        "@openssl//:ssl",
    ],
)
BUILD
}

make_releaseroot() {
  mkdir "$1/host" "$1/arm64" "$1/bootstrap"
  "$bootstrap/fetch.sh" "$1/host" forky "$release/cross_packages.txt"
  # fetch.sh is part of what names the tool root, so it stays as it is.
  sed 's/amd64/arm64/g' "$bootstrap/fetch.sh" >"$1/bootstrap/fetch.sh"
  cp "$bootstrap/assumed.txt" "$1/bootstrap"
  bash "$1/bootstrap/fetch.sh" "$1/arm64" forky "$release/arm64_packages.txt"
  wrap_programs "$1"
  write_arm64 "$1"
  fetch_curl "$1"
  make_curl "$1" linux_amd64 x86_64-linux-gnu "$toolroot/rd/bin"
  make_curl "$1" linux_arm64 aarch64-linux-gnu "$1/run/arm64"
  rm -r "$1"/{bootstrap,curl_source,curl.log,curl.tar.gz}
  # Until now the scripts name where they are made.
  grep -rlIF "$1" "$1"/host/usr/{bin,libexec} "$1/run" | xargs sed -i "s#$1/#$2/#g"
  cat "$1"/{host,arm64}/packages.lock "$toolroot/packages.lock" | LC_ALL=C sort -u >"$1/packages.lock"
  echo "curl_${curl_version}_source" >>"$1/packages.lock"
}

private_root releaseroot 1400 make_releaseroot fetch.sh assumed.txt packages.txt relocate.sh \
  configure.sh libraries.txt ../release/{releaseroot.sh,cross_packages.txt,arm64_packages.txt,static_resolver.c}
