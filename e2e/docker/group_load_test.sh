#!/usr/bin/env bash
# image_group loads many images into Docker, containerd, and what kind does with
# containerd: each blob once. Starts separate daemons on separate sockets; a
# program that is not installed is skipped. As root:
#
#   apt-get install containerd docker.io
#   tools/bazel test //e2e/docker:group_load_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

if ((EUID != 0)); then
  echo "skipped: dockerd and containerd need root"
  exit 0
fi

new_workspace //base:Dockerfile //api:Dockerfile //web:Dockerfile
mkdir base api web
head -c 3000000 /dev/urandom >base/big
printf 'FROM scratch\nCOPY bin/sh /bin/sh\nCOPY big /big\n' >base/Dockerfile
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    srcs = ["big"],
    visibility = ["//visibility:public"],
)
END
for package in api web; do
  cat >$package/Dockerfile <<END
FROM base
RUN echo $package > /name
CMD ["/bin/sh", "-c", "cat /name"]
END
  cat >$package/BUILD.bazel <<END
load("@dockerfiles//$package:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    bases = {"base": "//base:image"},
    repo_tags = ["rules-dockerfile.test/$package:v1"],
    visibility = ["//visibility:public"],
)
END
done
cat >BUILD.bazel <<'END'
load("@rules_dockerfile//rules:defs.bzl", "image_group")
image_group(name = "all", images = ["//api:image", "//web:image"])
image_group(name = "nested", loads = [":all.load", "//base:image.load"])
END
build //base:image //api:image //web:image || { cat build.log >&2; exit 1; }
digest() { cat "bazel-bin/$1/image/manifest.digest"; }
id() { echo "sha256:$(sha256sum <"bazel-bin/$1/image/config.json" | cut -d' ' -f1)"; }
blobs() { # the size of all blobs of both images, each once
  local manifest
  for manifest in bazel-bin/{api,web}/image/manifest.json; do
    tr -d ' \n' <"$manifest" | grep -o '"digest":"sha256:[0-9a-f]*","size":[0-9]*'
  done | sort -u | sed 's/.*://' | awk '{ sum += $1 } END { print sum }'
}
load() { # [FLAG...]: what the tool prints
  nested_bazel run //:all.load -- "$@" 2>"$private/load.err" || {
    cat "$private/load.err" >&2
    exit 1
  }
}
size=$(blobs)

# Fails unless what is sent is about one copy of all blobs: the archive has a
# little more besides, such as manifests and the heads of a tar.
expect_sent_once() { # WHO OUTPUT
  local sent
  sent=$(sed -n 's/^\([0-9]*\) bytes sent.*/\1/p' <<<"$2")
  if ((sent < size || sent > size + 100000)); then
    echo "FAILED: $1: expected about $size bytes, got $sent" >&2
    exit 1
  fi
  echo "ok: $1: $sent bytes sent for $size of blobs: each blob once"
}

test_docker() {
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
    echo "skipped: no dockerd"
    return
  fi
  start_dockerd
  local out package
  out=$(load)
  expect_equal "docker: a group's load says each name" "$(grep '^Loaded' <<<"$out" | sort)" \
    $'Loaded image: rules-dockerfile.test/api:v1\nLoaded image: rules-dockerfile.test/web:v1'
  expect_sent_once docker "$out"
  for package in api web; do
    expect_equal "docker: the id of $package is the digest of its config" \
      "$(docker image inspect --format='{{.Id}}' "rules-dockerfile.test/$package:v1")" "$(id $package)"
    expect_equal "docker: $package runs" "$(docker run --rm --network=none "rules-dockerfile.test/$package:v1")" $package
  done
  out=$(load)
  expect_equal "docker: a second load leaves the layers out" \
    "$(sed -n 's/^\([0-9]*\) bytes sent, [1-9][0-9]* already there$/\1/p' <<<"$out" | sed 's/^.\{1,5\}$/few/')" few
  out=$(nested_bazel run //:nested.load -- 2>/dev/null)
  expect_equal "docker: a group of groups and loads" "$(grep -c '^Loaded' <<<"$out")" 3
  unset DOCKER_HOST
}

# What kind does on each node for `kind load image-archive FILE` (kind's
# pkg/cluster/nodeutils, LoadImageArchive): the node is a container with
# containerd; here it is the one that the test has started.
write_kind() {
  mkdir "$private/bin"
  cat >"$private/bin/kind" <<END
#!/bin/sh
set -e
[ "\$1 \$2" = "load image-archive" ]
exec ctr --namespace=k8s.io images import --all-platforms --digests --snapshotter=overlayfs - <"\$3"
END
  chmod +x "$private/bin/kind"
}

test_containerd() {
  if ! command -v containerd >/dev/null || ! command -v ctr >/dev/null; then
    echo "skipped: no containerd"
    return
  fi
  export CONTAINERD_ADDRESS=$private/containerd.sock
  containerd --root "$private/containerd" --state "$private/state" --address "$CONTAINERD_ADDRESS" \
    >"$private/containerd.log" 2>&1 9>&- &
  pids+=($!)
  wait_for ctr version
  local out package
  out=$(load --to=containerd:test)
  expect_sent_once containerd "$out"
  for package in api web; do
    expect_equal "containerd: $package has its digest" \
      "$(ctr -n test images list "name==rules-dockerfile.test/$package:v1" | awk 'NR == 2 {print $3}')" "$(digest $package)"
    expect_equal "containerd: $package runs" \
      "$(ctr -n test run --rm --snapshotter=native "rules-dockerfile.test/$package:v1" "$package" 2>"$private/ctr.log" ||
        cat "$private/ctr.log")" $package
  done
  expect_equal "containerd: the shared layer is there once" \
    "$(ctr -n test content list | awk '$2 ~ /MB/' | wc -l)" 1

  write_kind
  out=$(PATH=$private/bin:$PATH load --to=kind)
  expect_sent_once kind "$out"
  for package in api web; do
    expect_equal "kind: Kubernetes' namespace has $package" \
      "$(ctr -n k8s.io images list "name==rules-dockerfile.test/$package:v1" | awk 'NR == 2 {print $3}')" "$(digest $package)"
  done
}

test_docker
test_containerd
echo "all tests passed"
