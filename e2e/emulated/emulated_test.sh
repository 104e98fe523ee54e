#!/usr/bin/env bash
# Images of another machine: RUN and containers of arm64 on amd64, with QEMU of
# Debian's qemu-user-static. The lock files name one package each; when the
# mirror has it no more, put in what `apt-cache show` says of its successor.
source e2e/nested/nested.sh

new_workspace //app:Dockerfile //plain:Dockerfile
cat >>MODULE.bazel <<'END'
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(name = "qemu", lock = "//packages:qemu.lock.json")
apt.base(name = "busybox", lock = "//packages:busybox.lock.json")
use_repo(apt, "busybox", "qemu")
END
mkdir app packages plain
cp "$RUNFILES"/e2e/emulated/*.lock.json packages/

# The label of the package that lock file $1 names.
package_of() {
  echo "@$1//:$(sed -n 's/^ *"path": "\(.*\)",$/\1/p' "packages/$1.lock.json")"
}

# The packages are taken apart, not installed: apt_base_image runs maintainer
# scripts, and these alone are no system.
cat >packages/BUILD.bazel <<END
load("@rules_dockerfile//rules:defs.bzl", "base_image")
package(default_visibility = ["//visibility:public"])
platform(name = "arm64", constraint_values = ["@platforms//os:linux", "@platforms//cpu:aarch64"])
genrule(
    name = "emulators",
    srcs = ["$(package_of qemu)"],
    outs = ["qemu-aarch64-static"],
    cmd = "dpkg-deb --fsys-tarfile \$< | tar -xO ./usr/bin/qemu-aarch64-static > \$@ && chmod +x \$@",
)
genrule(
    name = "rootfs",
    srcs = ["$(package_of busybox)"],
    outs = ["rootfs.tar"],
    cmd = "dpkg-deb --fsys-tarfile \$< > \$@",
)
base_image(name = "base", platform = "linux/arm64", rootfs = "rootfs.tar")
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "//packages:base"})
END
# The shell, of arm64, runs programs of arm64 in turn.
cat >app/Dockerfile <<'END'
FROM base
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m | /bin/busybox tee /machine && /bin/busybox chown 7:8 /machine"]
CMD ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m; /bin/busybox cat /machine"]
END
cat >plain/BUILD.bazel <<'END'
load("@dockerfiles//plain:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "//packages:base"})
END
cat >plain/Dockerfile <<'END'
FROM base
CMD ["/bin/busybox", "uname", "-m"]
END
readonly ARM64=(--platforms=//packages:arm64)
readonly EMULATED=("${ARM64[@]}" --@rules_dockerfile//rules/settings:emulators=//packages:emulators)

# An emulator that is registered for the whole machine would serve too.
if ! grep -qs '^interpreter' /proc/sys/fs/binfmt_misc/qemu-aarch64; then
  expect_failure "a RUN without an emulator" \
    "The image is of linux/arm64, this machine is x86_64: its programs need an emulator, a statically linked qemu-aarch64 (--@rules_dockerfile//rules/settings:emulators)." \
    "${ARM64[@]}" //app:image
  status=0
  nested_bazel run "${ARM64[@]}" //plain:image.run >run.log 2>&1 || status=$?
  expect_equal "a container without an emulator" "$(sed -n '/^image_run:/,$p' run.log)" \
    'image_run: exec: "/bin/busybox": exec format error
The image is of linux/arm64, this machine is x86_64: its programs need an emulator, a statically linked qemu-aarch64 (--@rules_dockerfile//rules/settings:emulators).'
  expect_equal "its exit code" "$status" 126
fi

build "${EMULATED[@]}" --output_groups=layers,default //app:image || {
  cat build.log
  exit 1
}
layers=$(nested_bazel cquery "${EMULATED[@]}" --output=files --output_groups=layers //app:image 2>/dev/null)
layer=$(tail -n 1 <<<"$layers")
expect_equal "the layer of the RUN has no trace of the emulator" \
  "$(tar --numeric-owner -tvf "$layer" | awk '{ print $1, $2, $6 }')" \
  "drwxr-xr-x 0/0 dev/
-rw-r--r-- 7/8 machine
drwxr-xr-x 0/0 proc/
drwxr-xr-x 0/0 sys/"
expect_equal "the machine in the RUN" "$(tar -xOf "$layer" machine)" "aarch64"
expect_equal "the platform of the image" \
  "$(nested_bazel run "${EMULATED[@]}" //app:image.inspect 2>/dev/null | grep '^platform')" "platform linux/arm64"
expect_equal "the machine in a container" \
  "$(nested_bazel run "${EMULATED[@]}" //app:image.run 2>run.log || cat run.log)" "aarch64
aarch64"
