#!/usr/bin/env bash
# One image for several platforms: an index, and FROM of an index.
source e2e/nested/nested.sh

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

build //app:image //app:image.layout || {
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
