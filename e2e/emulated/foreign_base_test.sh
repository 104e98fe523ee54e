#!/usr/bin/env bash
# A Debian base image for arm64, built on amd64 from locked packages: their maintainer
# scripts run in QEMU. If a package is no longer available, lock them again:
# `bazel run //e2e/emulated:debian_arm64_lock`.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
cat >>MODULE.bazel <<'END'
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(name = "debian", lock = "//packages:debian_arm64.lock.json")
apt.emulators()
use_repo(apt, "debian", "emulators")
register_toolchains("@emulators//:all")
END
mkdir app packages
cp "$RUNFILES"/e2e/emulated/debian_arm64.lock.json packages/
touch packages/BUILD.bazel
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "stage_files")
dockerfile_image(name = "image", bases = {"debian:latest": "@debian"}, platform = "linux/arm64")
stage_files(name = "status", image = "@debian", out = "dpkg_status", paths = ["/var/lib/dpkg/status"])
END
cat >app/Dockerfile <<'END'
FROM debian
RUN dpkg --print-architecture >/architecture && uname -m >/machine && ldd /bin/ls | grep -o 'ld-linux.*so.1 ' | tail -n 1 >/loader
CMD cat /architecture /machine /loader
END
build //app:image //app:status || {
  cat build.log
  exit 1
}
expect_equal "the states of the packages" \
  "$(sed -n 's/^Status: //p' bazel-bin/app/dpkg_status | sort -u)" "install ok installed"
expect_equal "their architectures" \
  "$(sed -n 's/^Architecture: //p' bazel-bin/app/dpkg_status | sort -u | xargs)" "all arm64"
expect_equal "a container" "$(nested_bazel run //app:image.run 2>run.log || cat run.log)" "arm64
aarch64
ld-linux-aarch64.so.1 "
