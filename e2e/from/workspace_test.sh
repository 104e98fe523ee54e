#!/usr/bin/env bash
# WORKSPACE: FROM a registry with dockerfiles_repo() and locked_blobs(), and the tools
# from source with rules_dockerfile_dependencies().
source e2e/support/nested/nested.sh
source e2e/from/publish.sh

# Bazel without Bzlmod. The dependencies of rules_dockerfile are those of the tool root;
# others would have to be downloaded.
STARTUP_FLAGS=(--output_base="$STATE/workspace_output_base" --max_idle_secs=60)
BUILD_FLAGS=()

new_workspace
rm MODULE.bazel
echo 'common --noenable_bzlmod --enable_workspace' >.bazelrc
: >WORKSPACE
if ! nested_bazel query @bazel_skylib//rules:common_settings.bzl >build.log 2>&1; then
  echo "skipped: without Bzlmod, this Bazel does not have the repository bazel_skylib"
  exit 0
fi

mkdir -p app base third_party served
"$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >>requests 2>&1 9>&- &
server=$!
trap 'kill $server' EXIT
while [[ ! -e port ]]; do sleep 0.1; done
cat >WORKSPACE <<END
workspace(name = "e2e")

local_repository(
    name = "rules_dockerfile",
    path = "$RULES_ROOT",
)

load("@rules_dockerfile//rules:repositories.bzl", "dockerfiles_repo", "rules_dockerfile_dependencies", "rules_dockerfile_toolchains")

register_toolchains("//prebuilt:toolchain")

rules_dockerfile_dependencies()

rules_dockerfile_toolchains()

dockerfiles_repo(
    name = "dockerfiles",
    dockerfiles = {
        "//app:Dockerfile": ".",
        "//base:Dockerfile": ".",
    },
    image_locks = ["//third_party:images.lock"],
    registry_mirrors = {"docker.io": ["http://localhost:$(cat port)"]},
)

load("@dockerfiles//:locked_blobs.bzl", "locked_blobs")

locked_blobs()
END

# --- the content of the registry
cat >base/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
ENV RELEASE=one
END
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
)
END
build //base:image.layout || { cat build.log >&2; exit 1; }
publish bazel-bin/base/image/layout library/debian 12
publish bazel-bin/base/image/layout library/busybox 1

# --- one image by a shared lock, one by the Dockerfile's own
cat >third_party/BUILD.bazel <<'END'
load("@dockerfiles//third_party:images.lock.bzl", "base_image")
base_image(
    name = "debian",
    reference = "debian:12",
)
END
cat >app/Dockerfile <<'END'
FROM debian:12
RUN echo a > /a
COPY --from=busybox:1 /bin/sh /b
LABEL release=$RELEASE
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image")
END
expect_failure "a FROM that is not locked has a hint" \
  'app/Dockerfile:1: FROM debian:12: image "debian:12" is not locked; run `bazel run //app:image.lock`, or add bases = {"debian:12": "//label"}' \
  //app:image
for target in //third_party:debian.lock //app:image.lock; do
  nested_bazel run "$target" >lock.log 2>&1 || { cat lock.log >&2; exit 1; }
done
expect_equal "the shared lock has the image of base_image" \
  "$(grep -o '"image":"[^@]*' third_party/images.lock)" '"image":"docker.io/library/debian:12'
expect_equal "the lock of the Dockerfile has the others" \
  "$(grep -o '"image":"[^@]*' app/Dockerfile.lock)" '"image":"docker.io/library/busybox:1'
build //app:image.layout || { cat build.log >&2; exit 1; }
expect_equal "the image is built on the base" \
  "$(nested_bazel run //app:image.inspect 2>/dev/null | grep '^config.Labels')" "config.Labels release=one"

# --- the tools from source: query fails if a package or target of theirs is missing.
# What need not be downloaded is that of rules_dockerfile_dependencies(), not of the tool root.
dependencies=$RULES_ROOT/rules/private/dependencies/dependencies.bzl
mapfile -t host_libraries < <(sed -n '/^_SYSTEM_LIBRARIES/,/^}/s/^    "\([^"]*\)": {.*/\1/p' "$dependencies")
mapfile -t archives < <(sed -n 's/^    "\([^"]*\)": struct(/\1/p' "$dependencies")
flags=()
for repository in "${host_libraries[@]}" rules_shell; do flags+=("--override_repository=$repository="); done
nested_bazel query "${flags[@]}" 'deps(@rules_dockerfile//rules/toolchain:all)' >labels 2>query.log ||
  { cat query.log >&2; exit 1; }
# Only tests use googletest, and only .bzl files bazel_skylib.
expect_equal "the tools use the libraries that are declared" \
  "$(sed -n 's|^@*\([^/]*\)//.*|\1|p' labels | sort -u | grep -xvF -e bazel_tools -e local_config_cc -e rules_dockerfile | xargs)" \
  "$(printf '%s\n' "${host_libraries[@]}" "${archives[@]}" | sort | grep -xvF -e bazel_skylib -e googletest | xargs)"

echo "all tests passed"
