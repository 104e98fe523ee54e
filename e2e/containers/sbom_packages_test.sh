#!/usr/bin/env bash
# The SBOM of an image has the packages that its package manager lists in a container,
# on Debian and, with $RULES_DOCKERFILE_ALPINE, a root file system of Alpine in a tar,
# on Alpine. Its documents are valid: by the published schema of CycloneDX 1.6 (needs
# python3-jsonschema), and by the SPDX project's own library (python3-spdx-tools).
source e2e/support/nested/nested.sh

new_workspace //debian:Dockerfile //alpine:Dockerfile
mkdir alpine
add_debian_base
cat >debian/Dockerfile <<'END'
FROM debian:latest
RUN apt-get update && apt-get install -y --no-install-recommends \
    build-essential default-jre-headless git nodejs npm python3-flask python3-pip
RUN apt-get purge -y git && apt-get install -y less
END
cat >debian/BUILD.bazel <<'END'
load("@dockerfiles//debian:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(name = "image", bases = {"debian:latest": "@debian//:debian"}, network = "host")
END
cat >alpine/Dockerfile <<'END'
FROM alpine
RUN rm -r /usr/share/apk
END
cat >alpine/BUILD.bazel <<'END'
load("@dockerfiles//alpine:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")

base_image(name = "base", platform = "linux/amd64", rootfs = "alpine.tar")

dockerfile_image(name = "image", bases = {"alpine": ":base"})
END

build_image() {
  build --@rules_dockerfile//rules/settings:sbom_file_digests="${2:-False}" \
    --output_groups=+sbom_cyclonedx,+sbom_inventory,+sbom_spdx "//$1:image" "//$1:image.run" || {
    cat build.log
    exit 1
  }
}

# Prints name, version and architecture of the packages of ecosystem $2 in the inventory.
packages_of() {
  python3 - "$@" <<'END'
import json, sys
packages = json.load(open(sys.argv[1]))["packages"]
for package in packages:
    if package["ecosystem"] == sys.argv[2]:
        print(package["name"], package["version"], package["architecture"])
END
}

# Fails unless the documents of //$1:image are valid.
expect_valid() {
  local image=bazel-bin/$1/image
  if python3 -c 'import jsonschema' 2>/dev/null; then
    python3 -W ignore "$RULES_ROOT/lib/sbom/testdata/schema/validate.py" "$image/sbom.cdx.json"
    echo "ok: $1: the schema of CycloneDX"
  else
    echo "skipped: no python3-jsonschema"
  fi
  if python3 -c 'import spdx_tools' 2>/dev/null; then
    python3 - "$image/sbom.spdx.json" "$RULES_ROOT/lib/sbom/testdata/schema/spdx.schema.json" <<'END'
import json, sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
# The library's list of licences may be older than ours.
listed = json.load(open(sys.argv[2]))["enum"]
messages = [
    message.validation_message
    for message in validate_full_spdx_document(parse_file(sys.argv[1]))
]
messages = [
    message
    for message in messages
    if not any(message.startswith(f"Unrecognized license reference: {id}. ") for id in listed)
]
for message in messages:
    print(message)
sys.exit(bool(messages))
END
    echo "ok: $1: the library of SPDX"
  else
    echo "skipped: no python3-spdx-tools"
  fi
}

build_image debian
bazel-bin/debian/image.run dpkg-query -W -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\n' |
  sed -n 's/^installed //p' | LC_ALL=C sort >expected
packages_of bazel-bin/debian/image/inventory.json deb | LC_ALL=C sort >got
diff expected got
echo "ok: the $(wc -l <got) packages of dpkg"
expect_valid debian

if [[ -n ${RULES_DOCKERFILE_ALPINE:-} ]]; then
  cp "$RULES_DOCKERFILE_ALPINE" alpine/alpine.tar
  build_image alpine True
  bazel-bin/alpine/image.run apk info -v 2>/dev/null | LC_ALL=C sort >expected
  packages_of bazel-bin/alpine/image/inventory.json apk | awk '{ print $1 "-" $2 }' | LC_ALL=C sort >got
  diff expected got
  echo "ok: the $(wc -l <got) packages of apk"
  expect_valid alpine
else
  echo "skipped: RULES_DOCKERFILE_ALPINE is not set"
fi
