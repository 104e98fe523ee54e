#!/usr/bin/env bash
# Error messages for users: the location and a hint. What needs no tool is found with
# --nobuild.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir app

# Writes app/Dockerfile from stdin and a BUILD file with the attributes $1.
given() {
  cat >app/Dockerfile
  cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    ${1:-}
)
base_image(name = "corrupt", rootfs = "corrupt.tar", platform = "linux/amd64")
END
}
echo "no tar" >app/corrupt.tar

given <<'END'
FROM scratch
RUNN true
END
expect_failure "an unknown instruction shows its line" \
  "app/Dockerfile:2" //app:image
expect_failure "an unknown instruction has a suggestion" \
  "unknown instruction: RUNN (did you mean RUN?)" //app:image

given <<'END'
FROM debian:latest
END
expect_failure "a FROM without a base has a hint" \
  'app/Dockerfile:1: FROM debian:latest: image "debian:latest" is not locked; run `bazel run //app:image.lock`, or add bases = {"debian:latest": "//label"}' \
  --nobuild //app:image

given <<'END'
FROM debian:latest
RUNN true
END
expect_failure "a syntax error is reported before a missing base" \
  "error: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)" //app:image

given 'bases = {"alpine:3.20": ":corrupt"},' <<'END'
FROM alpine:3.19
END
expect_failure "a FROM with another tag lists the available tags" \
  'app/Dockerfile:1: FROM alpine:3.19: image "alpine:3.19" is not locked (bases contains alpine:3.20); run `bazel run //app:image.lock`, or add bases = {"alpine:3.19": "//label"}' \
  --nobuild //app:image

given 'src = ["corrupt.tar"],' <<'END'
FROM scratch
END
expect_failure "a mistyped attribute has a suggestion" \
  'Error in fail: image: dockerfile_image has no attribute "src" (did you mean srcs?)' --nobuild //app:image

sed -i 's|load("@dockerfiles//app:Dockerfile.bzl"|load("@rules_dockerfile//rules:defs.bzl"|; /"base_image"/d; /^base_image/d' app/BUILD.bazel
expect_failure "a rule that is loaded from defs.bzl has a hint" \
  'Error in fail: image: defs.bzl does not provide dockerfile_image
hint: load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")' \
  --nobuild //app:image

given <<'END'
FROM scratch
COPY missing.txt /
END
expect_failure "a source that is not in the context is reported" \
  'app/Dockerfile:2: COPY missing.txt /: "missing.txt" is not in the build context
hint: add it to srcs or context_paths, or check the .dockerignore file' \
  --nobuild //app:image

given <<'END'
FROM scratch
COPY --from=nginx a /
END
expect_failure "an image of COPY --from has a hint" \
  '"nginx" is neither a stage nor a locked image; run `bazel run //app:image.lock`, or add bases = {"nginx": "//label"}' \
  --nobuild //app:image

given 'target = "no",' <<'END'
FROM scratch AS build
FROM scratch
END
expect_failure "an unknown target is refused" \
  'target stage "no" could not be found' //app:image

given 'target = "bulid",' <<'END'
FROM scratch AS build
END
expect_failure "an unknown target has a suggestion in every target of the image" \
  'target stage "bulid" could not be found (did you mean build?)' //app:image.layout

given </dev/null
expect_failure "an empty Dockerfile is reported" "the Dockerfile cannot be empty" //app:image

given <<'END'
# FROM scratch
END
expect_failure "comments are not instructions" "file with no instructions" //app:image

given <<'END'
FROM scratch AS base
FROM Base
END
expect_failure "a stage in upper case is not a reference" \
  'failed to parse stage name "Base": invalid reference format: repository name (library/Base) must be lowercase (did you mean base?)' \
  //app:image

given <<'END'
FROM scratch
COPY bin/sh /bin/sh

RUN echo first && exit 7
END
expect_failure "a failing RUN reports its location" \
  "app/Dockerfile:4: RUN echo first && exit 7" //app:image
expect_failure "a failing RUN reports its output, its isolation and last its exit code" \
  'first
sandbox: emulated ids (one id mapped), overlay
layer_run: process "/bin/sh -c echo first && exit 7" did not complete successfully: exit code: 7
' //app:image --strategy=DockerfileRun=sandboxed

given 'bases = {"debian": ":corrupt"},' <<'END'
FROM debian
END
expect_failure "a base that is not an archive is refused" \
  "corrupt.tar" //app:image

given <<'END'
FROM scratch
ADD https://example.com/a.tar /
END
expect_failure "ADD of a URL has a hint" \
  'app/Dockerfile:2: ADD https://example.com/a.tar /: "https://example.com/a.tar" is neither locked nor in remote_files
hint: run `bazel run //app:image.lock`, or add remote_files = {"https://example.com/a.tar": "//label"}' --nobuild //app:image

given 'srcs = ["//prebuilt:box"],' <<'END'
FROM scratch
END
expect_failure "a file outside of the context has a hint" \
  'srcs: prebuilt/box is not below the root of the build context, "app"
hint: set its path with context_paths = {"@@//prebuilt:box": "path"}' \
  --nobuild //app:image

given <<'END'
FROM scratch
LABEL a=${a
END
expect_failure "a bad substitution is reported" \
  "app/Dockerfile:2" //app:image

given 'build_arg_flags = {"//prebuilt:version": "V"}, bases = {"base": ":corrupt"}, trigger_stages = ["no"],' <<'END'
FROM base
END
expect_failure "trigger_stages must be stages" 'trigger_stages: app/Dockerfile has no stage "no"' --nobuild //app:image
