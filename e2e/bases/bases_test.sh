#!/usr/bin/env bash
# Everything that FROM can name: a root file system, an image layout, an archive of
# `docker save`, another dockerfile_image, and an image for several platforms.
source e2e/support/nested/nested.sh

new_workspace //base:Dockerfile //app:Dockerfile
mkdir base app rootfs
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")

package(default_visibility = ["//visibility:public"])

dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
)

# The same image as other rule sets provide it.
base_image(name = "from_layout", layout = ":image.layout", onbuild = ["RUN echo trigger > /trigger"], platform = "linux/amd64")
base_image(name = "from_archive", archive = ":image.archive", onbuild = ["RUN echo trigger > /trigger"], platform = "linux/amd64")
base_image(name = "without_triggers", layout = ":image.layout", platform = "linux/amd64")
base_image(name = "from_rootfs", rootfs = "rootfs.tar", config = "rootfs.json", platform = "linux/amd64")
END
cat >base/Dockerfile <<'END'
FROM scratch
ARG NOT_INHERITED=1
ENV NAME=base
COPY bin/sh /bin/sh
RUN echo base > /base
ONBUILD RUN echo trigger > /trigger
END
mkdir -p rootfs/bin
cp prebuilt/box rootfs/bin/sh
tar -C rootfs -cf base/rootfs.tar .
echo '{"architecture":"amd64","os":"linux","config":{"Env":["NAME=rootfs"]},"rootfs":{"type":"layers","diff_ids":[]}}' >base/rootfs.json

cat >app/Dockerfile <<'END'
FROM base
LABEL name=$NAME not_inherited=$NOT_INHERITED
RUN echo app > /app
COPY --from=base /bin/sh /copied
END

# Builds app with base $1.
given() {
  cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "$1"})
END
}

# Prints, of the image, field $1 of the config on one line.
config_field() {
  tr -d ' \n' <bazel-bin/app/image/config.json | grep -o "\"$1\":[^]}]*[]}]"
}

# Prints the names of the entries of all layers.
names() {
  local archive=bazel-bin/app/image/archive.tar
  tar -tf "$archive" >/dev/null
  nested_bazel build --output_groups=layers //app:image >/dev/null 2>&1
  find -L bazel-bin/app/image bazel-bin/base -name '*.layer.tar' -o -path '*/layers/0*' | sort -u |
    xargs -n1 tar -tf | sort -u | grep -x 'app\|base\|copied\|trigger' | xargs
}

for base in image from_layout from_archive; do
  given "//base:$base"
  build //app:image //app:image.archive || {
    cat build.log
    exit 1
  }
  expect_equal "$base: the environment of the base is there, its arguments are not" \
    "$(config_field Labels)" '"Labels":{"name":"base","not_inherited":""}'
  expect_equal "$base: triggers run once" "$(config_field OnBuild || echo none)" "none"
  expect_equal "$base: files of base, trigger and image" "$(names)" "app base copied trigger"
done
first=$(cat bazel-bin/app/image/manifest.digest)
given //base:image
build //app:image
expect_equal "a base by label and the base as an archive result in the same image" \
  "$(cat bazel-bin/app/image/manifest.digest)" "$first"

# A layout that is not a base_image, as from other rule sets.
given //base:image.layout
expect_failure "undeclared triggers are an error with a hint" \
  'ONBUILD triggers do not match base_image(onbuild = []); expected ["RUN echo trigger > /trigger"]' //app:image

given //base:without_triggers
expect_failure "triggers that a base_image omits are the same error" \
  'ONBUILD triggers do not match base_image(onbuild = []); expected ["RUN echo trigger > /trigger"]' //app:image

given //base:from_rootfs
build //app:image || {
  cat build.log
  exit 1
}
expect_equal "from_rootfs: its config is used" \
  "$(config_field Labels)" '"Labels":{"name":"rootfs","not_inherited":""}'

# Triggers that name a stage and an image of the child.
cat >base/Dockerfile <<'END'
FROM scratch
ENV TRIGGER_HOME=/home
COPY bin/sh /bin/sh
ONBUILD COPY --from=Build /app /app
ONBUILD RUN --mount=from=tools,source=/bin,target=/mnt echo trigger > /trigger
END
cat >app/Dockerfile <<'END'
FROM tools AS build
RUN echo app > /app
FROM base
LABEL home=$TRIGGER_HOME
END
given_triggers() {
  cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    bases = {"base": "//base:image", "tools": "//base:from_rootfs"},
    lint = "error",
    $1
)
END
}
given_triggers ""
expect_failure "a trigger that names an undeclared stage is an error" \
  'app/Dockerfile:3: COPY --from=Build /app /app: ONBUILD trigger of the base: "Build" is neither in trigger_stages nor in bases
hint: add trigger_stages = ["Build"] if it is an earlier stage, or bases = {"Build": "//label"} if it is an image' \
  //app:image
given_triggers 'trigger_stages = ["build"],'
build //app:image //app:image.archive || {
  cat build.log
  exit 1
}
expect_equal "triggers read a stage and an image of the child" \
  "$(grep -o '"created_by": "COPY /app /app # buildkit"' bazel-bin/app/image/config.json | wc -l)" 1
expect_equal "lint rules know the variables of a base" "$(config_field Labels)" '"Labels":{"home":"/home"}'

# Lint rules also read the config of a layout that is not a base_image.
printf 'FROM scratch\nENV BASE_HOME=/home\n' >base/Dockerfile
printf 'FROM base\nLABEL home=$BASE_HOME\n' >app/Dockerfile
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "//base:image.layout"}, lint = "error")
END
build //app:image || {
  cat build.log
  exit 1
}
expect_equal "lint rules know the variables of a layout" "$(config_field Labels)" '"Labels":{"home":"/home"}'
printf 'FROM base\nLABEL home=$BASE_HOM\n' >app/Dockerfile
expect_failure "and report undefined ones" \
  "Usage of undefined variable '\$BASE_HOM' (did you mean \$BASE_HOME?)" //app:image
