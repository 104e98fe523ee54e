#!/usr/bin/env bash
# RUN, containers and tests of images for a foreign architecture with a registered
# toolchain of emulators, without a flag. The test's shell replaces QEMU: it does what
# the "program" of s390x, which is only an ELF header, is asked to do.
# It comes by its URL, and only for an image of s390x.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //app:copies.Dockerfile
mkdir app base served
cp prebuilt/box served/qemu
: >requests
"$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >>requests 2>&1 9>&- &
server=$!
trap 'kill $server' EXIT
while [[ ! -e port ]]; do sleep 0.1; done
cat >BUILD.bazel <<'END'
package(default_visibility = ["//visibility:public"])
platform(name = "host", parents = ["@platforms//host"])
platform(name = "s390x", constraint_values = ["@platforms//os:linux", "@platforms//cpu:s390x"])
END
mkdir -p root/native root/foreign
cp prebuilt/box root/native/box
# A program of s390x: 64 bits, big-endian, machine 22.
{
  printf '\177ELF\002\002\001\000\000\000\000\000\000\000\000\000\000\002\000\026\000\000\000\001'
  head -c 40 /dev/zero
} >root/foreign/box
chmod +x root/*/box
for name in native foreign; do tar -cf base/$name.tar -C root/$name box; done
host=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
cat >base/BUILD.bazel <<END
load("@rules_dockerfile//rules:defs.bzl", "base_image")
package(default_visibility = ["//visibility:public"])
base_image(name = "native", platform = "linux/$host", rootfs = "native.tar")
base_image(name = "foreign", platform = "linux/s390x", rootfs = "foreign.tar")
alias(name = "base", actual = select({"@platforms//cpu:s390x": ":foreign", "//conditions:default": ":native"}))
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@dockerfiles//app:copies.Dockerfile.bzl", copies_image = "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_test")
dockerfile_image(name = "both", bases = {"base": "//base"}, platforms = ["//:host", "//:s390x"])
dockerfile_image(name = "image", bases = {"base": "//base:foreign"}, platform = "linux/s390x")
dockerfile_image(name = "native", bases = {"base": "//base:native"}, platform = "linux/HOST")
copies_image(name = "copies", bases = {"base": "//base:native"}, platform = "linux/s390x")
image_test(
    name = "image_test",
    image = ":image",
    commands = [{"name": "runs", "command": "/box", "args": ["-c", "cat /made/s390x/file"], "expectedOutput": ["^made\n$"]}],
)
END
sed -i "s/HOST/$host/" app/BUILD.bazel
cat >app/Dockerfile <<'END'
FROM base
ARG TARGETARCH
SHELL ["/box", "-c"]
WORKDIR /made/$TARGETARCH
RUN echo made > file
CMD ["/box", "-c", "cat file"]
END

cat >app/copies.Dockerfile <<END
FROM --platform=linux/$host base AS build
SHELL ["/box", "-c"]
RUN echo made > /file
FROM scratch
COPY --from=build /file /
END

# An emulator that is registered system-wide would be used, too.
if ! grep -qs '^interpreter' /proc/sys/fs/binfmt_misc/qemu-s390x; then
  expect_failure "a RUN without an emulator" \
    'hint: add apt.emulators() and register_toolchains("@emulators//:all") to MODULE.bazel, or set --@rules_dockerfile//rules/settings:emulators' \
    //app:image
fi
emulator() { # PLATFORM
  cat <<END
emulators.file(
    runs = "$1",
    runs_on = "linux/$host",
    sha256 = "$(sha256sum <served/qemu | cut -d' ' -f1)",
    urls = ["http://localhost:$(cat port)/qemu"],
)
END
}
cat >>MODULE.bazel <<END
emulators = use_extension("@rules_dockerfile//rules:emulators.bzl", "emulators")
$(emulator linux/s390x)
use_repo(emulators, "emulators")
register_toolchains("@emulators//:all")
END
fresh=(--repository_cache="$WORKSPACE/repository_cache")
build "${fresh[@]}" --platforms=//:host //app:both.image //app:native || { cat build.log >&2; exit 1; }
expect_equal "an image for the architecture of the host fetches no emulator" "$(cat requests)" ""
build "${fresh[@]}" //app:copies || { cat build.log >&2; exit 1; }
expect_equal "neither does one of a foreign architecture that only copies" "$(cat requests)" ""
build "${fresh[@]}" //app:image //app:both || {
  if grep -o 'cannot run programs of a foreign architecture: .*' build.log; then
    echo "skipped: this kernel has no emulators for a sandbox"
    exit 0
  fi
  cat build.log
  exit 1
}

expect_equal "an image of a foreign architecture fetches its emulator" "$(grep -c '^/qemu' requests)" 1

# Prints the file that RUN created in the image for $1 of app:both.
made() {
  local flags=(--platforms="//:$1" --output_groups=layers)
  nested_bazel build "${flags[@]}" //app:both.image >build.log 2>&1 || {
    cat build.log >&2
    return 1
  }
  tar -tf "$(nested_bazel cquery "${flags[@]}" --output=files //app:both.image 2>/dev/null | tail -n 1)" | grep file
}
expect_equal "RUN for the architecture of the host" "$(made host)" "made/$host/file"
expect_equal "RUN for a foreign architecture" "$(made s390x)" made/s390x/file
expect_equal "a container of a foreign architecture" \
  "$(nested_bazel run //app:image.run 2>run.log || cat run.log)" made
nested_bazel test --test_output=errors //app:image_test >test.log 2>&1 || {
  cat test.log
  exit 1
}
echo "ok: a test of an image of a foreign architecture"

emulator linux/riscv64 >>MODULE.bazel
expect_equal "an emulator for another architecture builds nothing again" "$(actions_of_build //app:image //app:both)" ""
