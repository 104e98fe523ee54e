# shellcheck shell=bash
# Sourced by image_test_test.sh: the SBOM of an image, and `sbom_test`, which reads it.

write_sbom_package() {
  mkdir -p sbom/{pad,tool}
  echo '{"name": "pad", "version": "1.0.0", "license": "MIT"}' >sbom/pad/package.json
  echo '{"name": "tool", "version": "2.0.0"}' >sbom/tool/package.json
  cat >sbom/Dockerfile <<'END'
FROM base AS tools
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY tool /app/node_modules/tool

FROM base
COPY --from=tools /etc/passwd /copied
# This line is not in the key of the COPY.
COPY pad /app/node_modules/pad
END
  cat >sbom/BUILD.bazel <<'END'
load("@dockerfiles//sbom:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "sbom_test")

dockerfile_image(name = "image", srcs = glob(["*/*"]), bases = {"base": "//app:base"})

dockerfile_image(name = "index", srcs = glob(["*/*"]), bases = {"base": "//app:base"}, platforms = ["@platforms//host"])

sbom_test(name = "passing_test", denied_licenses = ["AGPL-*"], denied_packages = ["tool"], image = ":index")

sbom_test(name = "failing_test", denied_licenses = ["GPL-*"], denied_packages = ["pkg:npm/pad@1.*"], image = ":image")
END
}

# Prints the names of the packages in a document.
packages_of() { # DOCUMENT
  sed -n 's/.*"referenceLocator": "\(pkg:[^"]*\)".*/\1/p; s/.*"purl": "\(pkg:[^"]*\)".*/\1/p' "$1" |
    sed '/^pkg:oci/d' | LC_ALL=C sort | xargs
}

test_sbom_documents() {
  local document
  build //sbom:image --output_groups=sbom_cyclonedx,sbom_inventory,sbom_spdx || {
    cat build.log
    exit 1
  }
  for document in spdx.json cdx.json; do
    expect_equal "the packages of the image, $document" \
      "$(packages_of "bazel-bin/sbom/image/sbom.$document")" "pkg:deb/debian/c@1:2?arch=all pkg:npm/pad@1.0.0"
    expect_equal "the packages of a scanned stage, $document" \
      "$(packages_of "bazel-bin/sbom/image.stage.tools/sbom.$document")" "pkg:deb/debian/c@1:2?arch=all pkg:npm/tool@2.0.0"
  done
  expect_equal "layer and line" \
    "$(sed -n 's/.*"comment": "\(layer .*\), diff_id .*, \([^,]*\)",*$/\1 \2/p' bazel-bin/sbom/image/sbom.spdx.json)" \
    'layer 0 base: ADD rootfs /
layer 2 sbom/Dockerfile:8: COPY pad /app/node_modules/pad # buildkit'
  cp bazel-bin/sbom/image/sbom.spdx.json first.json
  expect_equal "one action writes the documents, and only if they are asked for" \
    "$(rm -f bazel-bin/sbom/image/sbom.spdx.json && actions_of_build //sbom:image --output_groups=sbom_spdx)" "DockerfileSbom 1"
  cmp first.json bazel-bin/sbom/image/sbom.spdx.json
  sed -i '/^# This line/d' sbom/Dockerfile
  expect_equal "another line is another document, and nothing else" \
    "$(actions_of_build //sbom:image --output_groups=sbom_spdx,+default)" "DockerfileCheck 2 DockerfileSbom 1"
  expect_equal "the documents have the new line" \
    "$(grep -c 'sbom/Dockerfile:7: COPY pad' bazel-bin/sbom/image/sbom.spdx.json)" "2"
}

test_denied_packages() {
  expect_equal "nothing is denied, of each image of an index" "$(run_test passing_test sbom)" \
    'sbom/index.image linux/amd64: 2 packages, 0 denied, 0 files not read
exit code 0'
  expect_equal "a denied licence and a denied package" \
    "$(run_test failing_test sbom | sed 's/sha256:[0-9a-f]*/DIGEST/')" \
    'c 1:2: licence GPL-2.0-or-later: denied by "GPL-*"; layer 0 (DIGEST), base: ADD rootfs /
pad 1.0.0: package is denied by "pkg:npm/pad@1.*"; layer 2 (DIGEST), sbom/Dockerfile:7: COPY pad /app/node_modules/pad # buildkit
sbom/image linux/amd64: 2 packages, 2 denied, 0 files not read
sbom_test: the image has packages that are denied
exit code 3'
}
