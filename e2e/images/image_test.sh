#!/usr/bin/env bash
# Builds the image in directory $1 with the real network and with a lock, each
# twice, and tests the programs in it. See README.md.
source e2e/support/nested/nested.sh

readonly IMAGE=$1
new_workspace "//$IMAGE:Dockerfile"
cp -rL "$RUNFILES/e2e/images/$IMAGE" "$RUNFILES/e2e/images/checks" .
mv "$IMAGE/image.BUILD" "$IMAGE/BUILD.bazel"
echo 'exports_files(glob(["*"]))' >checks/BUILD.bazel
add_debian_base
# A registry may have a certificate of an authority that only the host trusts.
cat "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" >"$IMAGE/registry_ca.pem" || true

# The cache of ldconfig contains inode numbers, which differ in each build.
echo 'build --@rules_dockerfile//rules/settings:scrub=var/cache/ldconfig/aux-cache' >>.bazelrc
# With the real clock, logs differ, too.
readonly LIVE=(
  "--@rules_dockerfile//rules/settings:scrub=var/log/*.log"
  "--@rules_dockerfile//rules/settings:scrub=var/log/apt/**"
)
# In a worker a RUN has the ids that the machine has for it.
readonly EMULATED_IDS=(--strategy=DockerfileRun=sandboxed)

# Runs the arguments after $1 and prints how long that took; $1 is a description.
timed() {
  local what=$1 start=${EPOCHREALTIME/./}
  shift
  "$@" || {
    echo "FAILED: $what" >&2
    cat build.log >&2
    exit 1
  }
  printf '%s %s: %.1f s\n' "$IMAGE" "$what" "$(((${EPOCHREALTIME/./} - start) / 100000))e-1"
}

# Builds image $1 with the flags after $2 and copies its layout to $2.
build_layout() {
  local image=$1 layout=$2
  shift 2
  build "$@" "//$IMAGE:$image.layout" || return
  cp -rL "bazel-bin/$IMAGE/$image/layout" "$layout"
}

# Fails unless two layouts are the same.
expect_same() {
  if prebuilt/image_compare --layout="$2" --layout="$3" >compare.txt 2>&1; then
    echo "ok: $1"
  else
    echo "FAILED: $1" >&2
    cat compare.txt >&2
    exit 1
  fi
}

test_images() { nested_bazel test --test_output=errors "$@" >build.log 2>&1; }
lock() { nested_bazel run "//$IMAGE:locked.lock" >build.log 2>&1; }
clean() { nested_bazel clean >/dev/null 2>&1; }

clean
timed "its base" build @debian//:debian
timed "live, emulated ids" build_layout live live.1 "${LIVE[@]}" "${EMULATED_IDS[@]}"
timed "tests of the live image" test_images "${LIVE[@]}" "${EMULATED_IDS[@]}" "//$IMAGE:live_test"
timed "to lock" lock
grep ": recorded " build.log
timed "locked, emulated ids" build_layout locked locked.1 "${EMULATED_IDS[@]}"
timed "tests of the locked image" test_images "${EMULATED_IDS[@]}" "//$IMAGE:locked_test"
if [[ ${2:-} == --thorough ]]; then
  timed "reproducible_test" test_images "${EMULATED_IDS[@]}" "//$IMAGE:reproducible_test"
fi
clean
timed "its base" build @debian//:debian
timed "live, real ids" build_layout live live.2 "${LIVE[@]}"
timed "locked, real ids" build_layout locked locked.2
timed "tests of images with real ids" test_images "${LIVE[@]}" --strategy=TestRunner=local \
  "//$IMAGE:live_test"
expect_same "locked, with emulated and with real ids" locked.1 locked.2
expect_same "live, twice" live.1 live.2
