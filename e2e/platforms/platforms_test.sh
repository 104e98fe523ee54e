#!/usr/bin/env bash
# One image for several platforms: an index, and FROM of an index.
source e2e/support/nested/nested.sh

new_workspace //base:Dockerfile //app:Dockerfile
mkdir base app
cat >BUILD.bazel <<'END'
[
    platform(
        name = name,
        constraint_values = ["@platforms//os:linux", "@platforms//cpu:" + cpu],
        visibility = ["//visibility:public"],
    )
    for name, cpu in [("amd64", "x86_64"), ("arm64", "aarch64")]
]
END
for package in base app; do
  cat >$package/BUILD.bazel <<END
load("@dockerfiles//$package:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    bases = {"base": "//base:image"},
    platforms = ["//:amd64", "//:arm64"],
    visibility = ["//visibility:public"],
)
END
done
cat >base/Dockerfile <<'END'
FROM scratch
ARG TARGETPLATFORM
LABEL base=$TARGETPLATFORM
END
cat >app/Dockerfile <<'END'
FROM base
ARG TARGETARCH
LABEL app=$TARGETARCH
END

build //app:image //app:image.layout //app:image.archive || {
  cat build.log
  exit 1
}
inspect() { nested_bazel run //app:image.inspect -- --platform="$1" 2>/dev/null | grep -E '^(platform|config.Labels)'; }
expect_equal "the image for amd64" "$(inspect linux/amd64)" "platform linux/amd64
config.Labels app=amd64
config.Labels base=linux/amd64"
expect_equal "the image for arm64" "$(inspect linux/arm64)" "platform linux/arm64
config.Labels app=arm64
config.Labels base=linux/arm64"

# A page for each platform, and the image of each in the terminal.
build --output_groups=explore //app:image || {
  cat build.log
  exit 1
}
expect_equal "a page for each platform" \
  "$(cd bazel-bin/app/image && grep -o '"platform":"[^"]*"' explore.linux_{amd64,arm64}.html)" \
  'explore.linux_amd64.html:"platform":"linux/amd64"
explore.linux_arm64.html:"platform":"linux/arm64"'
explore() { nested_bazel run //app:image.explore -- --text "$@" 2>&1 | grep -E '^image'; }
host=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
expect_equal "the image for the host" "$(explore)" "image       //app:image linux/$host"
for architecture in amd64 arm64; do
  expect_equal "the image for $architecture as text" "$(explore --platform=linux/$architecture)" \
    "image       //app:image linux/$architecture"
done
expect_equal "a platform that the image does not have" "$(explore --platform=linux/s390x)" \
  'image_explore: --platform: expected linux/amd64 or linux/arm64, got "linux/s390x"'

# Prints the architecture and names of the image that `docker load` of the archive loads.
loaded() {
  local archive=bazel-bin/app/image/archive.tar config
  config=$(tar -xOf "$archive" manifest.json | grep -o 'blobs/sha256/[0-9a-f]*' | head -n 1)
  echo "$(tar -xOf "$archive" "$config" | grep -o '"architecture": *"[a-z0-9]*"' | cut -d'"' -f4)" \
    "$(tar -xOf "$archive" manifest.json | tr -d ' \n' | grep -o '"RepoTags":[^]]*]')"
}
first=$(cat bazel-bin/app/image/index.digest)
expect_equal "the archive is the image for the host" "$(loaded)" "$host \"RepoTags\":[\"app/image:latest\"]"
sed -i 's/"amd64", "x86_64"/"zz", "x86_64"/; s/"arm64", "aarch64"/"aa", "aarch64"/' BUILD.bazel
sed -i 's|"//:amd64", "//:arm64"|"//:zz", "//:aa"|' {app,base}/BUILD.bazel
build //app:image //app:image.archive || {
  cat build.log
  exit 1
}
expect_equal "the names of the platforms do not change the bytes" "$(cat bazel-bin/app/image/index.digest)" "$first"
sed -i 's|"//:zz", "//:aa"|"//:aa", "//:zz"|' app/BUILD.bazel
build //app:image //app:image.archive || {
  cat build.log
  exit 1
}
expect_equal "in another order, the archive is still the image for the host" "$(loaded)" "$host \"RepoTags\":[\"app/image:latest\"]"

# A base for a platform other than that of the build.
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")
base_image(name = "declared", layout = ":layout", platform = "linux/arm64")
base_image(name = "wrong", layout = ":layout", platform = "linux/s390x")
filegroup(name = "layout", srcs = glob(["oci/**"]))
[
    dockerfile_image(name = name + "_image", bases = {"base": name}, platform = "linux/" + architecture)
    for name, architecture in [("declared", "amd64"), ("layout", "amd64"), ("wrong", "s390x")]
]
END
build --output_groups=oci_layout //base:image.image --platforms=//:aa || {
  cat build.log
  exit 1
}
cp -rL "$(nested_bazel cquery --output=files --output_groups=oci_layout //base:image.image --platforms=//:aa 2>/dev/null)" app/oci
chmod -R u+w app/oci
expect_failure "a base whose config has another platform" \
  'app/Dockerfile:1: FROM base: expected an image for linux/amd64, got linux/arm64 of @@//app:declared' //app:declared_image
expect_failure "a layout for another platform" \
  'app/Dockerfile:1: FROM base: expected an image for linux/amd64, got linux/arm64 of "app/oci"' //app:layout_image
expect_failure "a base_image with a wrong platform" \
  '@@//app:wrong: platform: expected an image for linux/s390x, got linux/arm64 of "app/oci"' //app:wrong_image
