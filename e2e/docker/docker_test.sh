#!/usr/bin/env bash
# Docker, podman, skopeo, umoci and a registry accept the images. Starts separate
# daemons on separate sockets; a program that is not installed is skipped. As root:
#
#   apt-get install docker.io podman skopeo umoci docker-registry
#   tools/bazel test //e2e/docker:docker_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

new_workspace //:Dockerfile
cp "$RUNFILES/lib/sandbox/testing/probe" .
cat >BUILD.bazel <<'END'
load("@dockerfiles//:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    srcs = ["probe"],
    repo_tags = ["rules-dockerfile.test/ping:v1"],
)
END
cat >Dockerfile <<'END'
FROM scratch
COPY bin/sh probe /bin/
RUN echo ping > /ping
ENV GREETING=hello
LABEL org.example.test=yes
CMD ["/bin/sh", "-c", "cat /ping"]
END
build //:image //:image.archive //:image.layout //:image.load //:image.run || {
  cat build.log
  exit 1
}
readonly image=bazel-bin/image
readonly layout=$image/layout
digest=$(cat "$image/manifest.digest")
id=sha256:$(sha256sum <"$image/config.json" | cut -d' ' -f1)
readonly digest id

# same_run ARGUMENT...: a container has the output and exit code of Docker's. Error
# messages may differ.
same_run() {
  local want=0 got=0 words=()
  while [[ $1 != : ]]; do
    words+=("$1")
    shift
  done
  shift
  docker run --rm --network=host "${words[@]}" ping:again "$@" >"$private/want" 2>/dev/null || want=$?
  bazel-bin/image.run "${words[@]}" "$@" >"$private/got" 2>/dev/null || got=$?
  # Docker prints the variables of -e in any order.
  local order=(cat)
  if [[ ${*: -1} == env ]]; then order=(sort); fi
  expect_equal "docker: run ${words[*]} : $*" \
    "$("${order[@]}" "$private/got"; echo "exit code $got")" "$("${order[@]}" "$private/want"; echo "exit code $want")"
}

compare_runs() {
  same_run :
  same_run : /bin/probe env
  same_run -e GREETING=bye -e NEW=1 -e HOME : /bin/probe env
  same_run -t : /bin/probe env ';' terminal
  same_run : /bin/probe pid ';' ids ';' cwd ';' host ';' stdin ';' status CapEff ';' status Umask
  same_run -u 1000:100 -w /new/place : /bin/probe ids ';' cwd ';' stat /new ';' stat /new/place
  same_run : /bin/probe cat /etc/hosts ';' cat /etc/resolv.conf ';' cat /etc/hostname
  same_run : /bin/probe write /etc/hosts x ';' cat /etc/hosts ';' list /dev
  same_run -v "$PWD/BUILD.bazel:/data/file:ro" : /bin/probe cat /data/file ';' write /data/file x
  same_run --entrypoint /bin/probe : pid
  same_run --entrypoint '' :
  same_run : /bin/probe exit 42
  same_run : /bin/probe kill 9
  same_run : nosuch
  same_run : /nosuch
  same_run : /ping
  same_run -u nosuch : /bin/probe pid
  same_run -w relative : /bin/probe pid
}

test_docker() {
  has dockerd && has docker || return 0
  if ((EUID != 0)); then
    echo "skipped: dockerd needs root"
    return
  fi
  start_dockerd

  expect_equal "docker: image.load prints the name" \
    "$(nested_bazel run //:image.load -- --tag=ping:again 2>/dev/null | grep '^Loaded')" \
    $'Loaded image: rules-dockerfile.test/ping:v1\nLoaded image: ping:again'
  expect_equal "docker: the image id is the digest of the config" \
    "$(docker image inspect --format='{{.Id}}' ping:again)" "$id"
  expect_equal "docker: the command runs" \
    "$(docker run --rm --network=none ping:again)" ping
  expect_equal "docker: only COPY and RUN have a layer" \
    "$(docker history --no-trunc --format='{{.CreatedBy}} {{.Size}}' ping:again |
      sed -E 's/ 0B$/ none/; s/ [0-9.]+[kM]?B$/ layer/')" \
    'CMD ["/bin/sh" "-c" "cat /ping"] none
LABEL org.example.test=yes none
ENV GREETING=hello none
RUN /bin/sh -c echo ping > /ping # buildkit layer
COPY bin/sh probe /bin/ # buildkit layer'
  compare_runs
  docker save ping:again >"$private/saved.tar"
  unset DOCKER_HOST
}

test_podman() {
  has podman || return 0
  local podman=(podman --root="$private/podman" --runroot="$private/podman.run")
  "${podman[@]}" system service --time=0 "unix://$private/podman.sock" \
    >"$private/podman.log" 2>&1 9>&- &
  pids+=($!)
  wait_for test -S "$private/podman.sock"
  expect_equal "podman: image.load prints the name" \
    "$(DOCKER_HOST=unix://$private/podman.sock nested_bazel run //:image.load 2>/dev/null | grep '^Loaded')" \
    "Loaded image: rules-dockerfile.test/ping:v1"
  expect_equal "podman: the image id is the digest of the config" \
    "sha256:$("${podman[@]}" images --no-trunc --quiet | sed 's/^sha256://')" "$id"
}

test_skopeo() {
  has skopeo || return 0
  expect_equal "skopeo: the layout has the manifest" \
    "$(skopeo inspect --format='{{.Digest}}' "oci:$layout")" "$digest"
  expect_equal "skopeo: the archive is an OCI archive with the manifest" \
    "$(skopeo inspect --format='{{.Digest}}' "oci-archive:$image/archive.tar")" "$digest"
  skopeo inspect "docker-archive:$image/archive.tar" >/dev/null
  echo "ok: skopeo: the archive is a docker-archive"
  skopeo copy --insecure-policy --quiet "oci:$layout" "oci:$private/copy:tagged"
  expect_equal "skopeo: a copy keeps the digest" \
    "$(skopeo inspect --format='{{.Digest}}' "oci:$private/copy:tagged")" "$digest"
  has umoci || return 0
  umoci unpack --rootless --image "$private/copy:tagged" "$private/bundle" >/dev/null 2>&1
  expect_equal "umoci: the unpacked image has the files" \
    "$(cat "$private/bundle/rootfs/ping")" ping
}

test_registry() {
  has docker-registry || return 0
  start_registry
  nested_bazel run //:image.push -- --repository="$address/test/ping" --tag=v1 2>/dev/null |
    tee "$private/pushed"
  grep -q "^Pushed $address/test/ping@$digest$" "$private/pushed"
  echo "ok: registry: image.push says what it pushed"
  expect_equal "registry: the pulled image is the pushed one" \
    "$("$RUNFILES/tools/image_pull/image_pull" --layout_out="$private/pulled" \
      --reference="$address/test/ping:v1")" \
    "$address/test/ping:v1@$digest"
  diff -r "$layout/blobs" "$private/pulled/blobs"
  echo "ok: registry: so are the blobs"
}

test_docker
test_podman
test_skopeo
test_registry
