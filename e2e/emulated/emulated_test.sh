#!/usr/bin/env bash
# Images for a foreign architecture: RUN and containers of arm64 on amd64, with QEMU of
# Debian's qemu-user-static, which `apt.emulators` declares. Each lock file has one
# package. If it is no longer available, write what `apt-cache show` prints for its
# successor.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //plain:Dockerfile
cat >>MODULE.bazel <<'END'
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(name = "busybox_amd64", lock = "//packages:busybox_amd64.lock.json")
apt.base(name = "busybox_arm64", lock = "//packages:busybox_arm64.lock.json")
use_repo(apt, "busybox_amd64", "busybox_arm64")
END
mkdir app packages plain
cp "$RUNFILES"/e2e/emulated/busybox_*.lock.json packages/

# Prints the label of the package in lock file $1.
package_of() {
  echo "@$1//:$(sed -n 's/^ *"path": "\(.*\)",$/\1/p' "packages/$1.lock.json")"
}

# The packages are extracted, not installed: apt_base_image runs maintainer scripts, and
# these packages are not a complete system.
cat >packages/BUILD.bazel <<END
load("@rules_dockerfile//rules:defs.bzl", "base_image")
package(default_visibility = ["//visibility:public"])
[
    platform(name = name, constraint_values = ["@platforms//os:linux", "@platforms//cpu:" + cpu])
    for name, cpu in [("amd64", "x86_64"), ("arm64", "aarch64")]
]
[
    [
        genrule(
            name = "rootfs_" + name,
            srcs = [package],
            outs = ["rootfs_%s.tar" % name],
            cmd = "dpkg-deb --fsys-tarfile \$< > \$@",
        ),
        base_image(name = "base_" + name, platform = "linux/" + name, rootfs = "rootfs_%s.tar" % name),
    ]
    for name, package in [("amd64", "$(package_of busybox_amd64)"), ("arm64", "$(package_of busybox_arm64)")]
]
alias(
    name = "base",
    actual = select({
        "@platforms//cpu:aarch64": ":base_arm64",
        "@platforms//cpu:x86_64": ":base_amd64",
    }),
)
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_test")
dockerfile_image(name = "image", bases = {"base": "//packages:base_arm64"}, platform = "linux/arm64")
dockerfile_image(name = "both", bases = {"base": "//packages:base"}, platforms = ["//packages:amd64", "//packages:arm64"])
image_test(
    name = "image_test",
    image = ":image",
    commands = [{"name": "runs", "command": "/bin/busybox", "args": ["uname", "-m"], "expectedOutput": ["^aarch64\n$"]}],
)
END
# The arm64 shell runs arm64 programs.
cat >app/Dockerfile <<'END'
FROM base
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m | /bin/busybox tee /machine && /bin/busybox chown 7:8 /machine"]
CMD ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m; /bin/busybox cat /machine"]
END
cat >plain/BUILD.bazel <<'END'
load("@dockerfiles//plain:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "//packages:base_arm64"}, platform = "linux/arm64")
END
cat >plain/Dockerfile <<'END'
FROM base
CMD ["/bin/busybox", "uname", "-m"]
END

# An emulator that is registered system-wide would be used, too.
readonly ADVICE='the image is for linux/arm64, the host is x86_64: its programs require an emulator, a statically linked qemu-aarch64
hint: add apt.emulators() and register_toolchains("@emulators//:all") to MODULE.bazel, or set --@rules_dockerfile//rules/settings:emulators'
if ! grep -qs '^interpreter' /proc/sys/fs/binfmt_misc/qemu-aarch64; then
  if build //app:image; then
    echo "FAILED: a RUN without an emulator succeeded" >&2
    exit 1
  fi
  expect_equal "a RUN without an emulator" "$(grep -A 1 '^the image is for' build.log)" "$ADVICE"
  status=0
  nested_bazel run //plain:image.run >run.log 2>&1 || status=$?
  expect_equal "a container without an emulator" "$(sed -n '/^image_run:/,/^hint:/p' run.log)" \
    "image_run: exec: \"/bin/busybox\": exec format error
$ADVICE"
  expect_equal "the exit code" "$status" 126
fi

cat >>MODULE.bazel <<'END'
apt.emulators()
use_repo(apt, "emulators")
register_toolchains("@emulators//:all")
END
build --output_groups=layers,default //app:image || {
  cat build.log
  exit 1
}
# Prints the path of the tar that the RUN of $1 created, built with the other arguments.
layer_of() {
  nested_bazel build --output_groups=layers "${@:2}" "$1" >build.log 2>&1 || {
    cat build.log >&2
    return 1
  }
  nested_bazel cquery --output=files --output_groups=layers "${@:2}" "$1" 2>/dev/null | tail -n 1
}
layer=$(layer_of //app:image)
expect_equal "the layer of the RUN has no trace of the emulator" \
  "$(tar --numeric-owner -tvf "$layer" | awk '{ print $1, $2, $6 }')" \
  "drwxr-xr-x 0/0 dev/
-rw-r--r-- 7/8 machine
drwxr-xr-x 0/0 proc/
drwxr-xr-x 0/0 sys/"
expect_equal "the architecture in the RUN" "$(tar -xOf "$layer" machine)" "aarch64"
expect_equal "the platform of the image" \
  "$(nested_bazel run //app:image.inspect 2>/dev/null | grep '^platform')" "platform linux/arm64"
expect_equal "the architecture in a container" \
  "$(nested_bazel run //app:image.run 2>run.log || cat run.log)" "aarch64
aarch64"
nested_bazel test --test_output=errors //app:image_test >test.log 2>&1 || {
  cat test.log
  exit 1
}
echo "ok: a test of a foreign image"

build //app:both.layout || {
  cat build.log
  exit 1
}
for platform in amd64:x86_64 arm64:aarch64; do
  layer=$(layer_of //app:both.image --platforms="//packages:${platform%:*}")
  expect_equal "RUN of an image of two platforms, ${platform%:*}" "$(tar -xOf "$layer" machine)" "${platform#*:}"
done
