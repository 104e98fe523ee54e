#!/usr/bin/env bash
# FROM a real registry, with TLS and a password, and other programs that pull the
# pushed image:
#
#   apt-get install containerd docker-registry docker.io openssl podman skopeo
#   tools/bazel test //e2e/from:registries_test --test_output=all
#
# As root: dockerd and containerd are started and stopped. A program that is not
# installed is skipped, with a message.
source e2e/support/nested/nested.sh
source e2e/from/private_registry.sh

require_programs docker-registry openssl keytool curl
readonly base=$RUNFILES/$BASE

new_workspace //app:Dockerfile //metadata:Dockerfile
mkdir app metadata third_party
work=$PWD/work
logs=$work
mkdir "$work"
export DOCKER_CONFIG=$work/docker
mkdir "$DOCKER_CONFIG"
short=$(mktemp -d /tmp/rd.XXXXXX) # sockets have short names
pids=()
stop() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$short"
}
trap stop EXIT

# --- a registry with TLS of a private CA, and a password: hunter2hunter2
start_private_registry
echo '{"auths":{"'"$registry"'":{"auth":"'"$(printf user:hunter2hunter2 | base64)"'"}}}' >"$work/docker/config.json"
trust_private_registry

# --- the Dockerfile of examples/ping
cat >>MODULE.bazel <<END
dockerfiles.mirror(name = "docker.io", urls = ["https://$registry"])
END
cp "$RULES_ROOT/examples/ping/Dockerfile" app/Dockerfile
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", network = "host")
END
"$RUNFILES/tools/image_push/image_push" --layout="$base" --repository="$registry/library/debian:latest" \
  --ca_file="$work/ca.pem" >push.log
lock() { nested_bazel run "$@" >lock.log 2>&1 || { cat lock.log >&2; exit 1; }; }
lock //app:image.lock -- --ca_file="$work/ca.pem"
expect_equal "Docker Hub is locked by its name" "$(grep -o '"image":"[^@]*' app/Dockerfile.lock)" '"image":"docker.io/library/debian:latest'
build //app:image //app:image.digest || { cat build.log >&2; exit 1; }
digest=$(cat bazel-bin/app/image/manifest.digest)
echo "ok: the Dockerfile of README.md builds on debian:latest of a registry: $digest"

push() { nested_bazel run "$1.push" -- --repository="$registry/$2" --ca_file="$work/ca.pem" >push.log 2>&1 || { cat push.log >&2; exit 1; }; }
push //app:image team/ping:v1
expect_equal "the pushed image has the digest of the build" "$(grep -c "$digest" push.log)" 1
: >"$work/registry.log"
push //app:image team/ping:v2
expect_equal "a second push sends no blob" "$(requests '(PUT|PATCH|POST) /v2/team/ping/blobs')" 0

# --- no layer of the base is fetched for an image of metadata
echo 'FROM debian' >metadata/Dockerfile
echo 'LABEL a=b' >>metadata/Dockerfile
cat >metadata/BUILD.bazel <<'END'
load("@dockerfiles//metadata:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image")
END
lock //metadata:image.lock -- --ca_file="$work/ca.pem"
build "--repo_env=RD_DOCKER_IO_MIRROR=https://127.0.0.1:$port" --repository_cache="$WORKSPACE/no_cache" //metadata:image ||
  { cat build.log >&2; exit 1; }
expect_equal "its layers are not fetched" "$(find no_cache -type f -size +1M | wc -l)" 0

# --- other programs pull
check_digest() { # WHO DIGEST
  expect_equal "$1 pulls the same digest" "$2" "$digest"
}
if command -v skopeo >/dev/null; then
  check_digest skopeo "$(skopeo inspect --tls-verify=false --creds user:hunter2hunter2 --format '{{.Digest}}' "docker://$registry/team/ping:v1")"
fi
if command -v podman >/dev/null; then
  podman=(podman --root "$work/podman" --runroot "$short/podman" --storage-driver vfs)
  "${podman[@]}" pull --quiet --tls-verify=false --creds user:hunter2hunter2 "$registry/team/ping:v1" >podman.log
  check_digest podman "$("${podman[@]}" image inspect --format '{{.Digest}}' "$registry/team/ping:v1")"
fi
if command -v dockerd >/dev/null && command -v docker >/dev/null && ((EUID == 0)); then
  mkdir -p "/etc/docker/certs.d/$registry"
  cp "$work/ca.pem" "/etc/docker/certs.d/$registry/ca.crt"
  dockerd --data-root="$work/dockerd" --exec-root="$short/dockerd" --host="unix://$short/docker.sock" \
    --pidfile="$work/dockerd.pid" --bridge=none --iptables=false >dockerd.log 2>&1 &
  pids+=($!)
  docker=(docker --host="unix://$short/docker.sock")
  wait_for "${docker[@]}" version
  "${docker[@]}" pull --quiet "$registry/team/ping:v1" >docker.log
  check_digest Docker "$("${docker[@]}" image inspect --format '{{index .RepoDigests 0}}' "$registry/team/ping:v1" | cut -d@ -f2)"
  rm -r "/etc/docker/certs.d/$registry"
fi
if command -v ctr >/dev/null && command -v containerd >/dev/null && ((EUID == 0)); then
  containerd --root "$work/containerd" --state "$short/containerd" --address "$short/containerd.sock" >containerd.log 2>&1 &
  pids+=($!)
  ctr=(ctr --address "$short/containerd.sock")
  wait_for "${ctr[@]}" version
  mkdir -p "$work/hosts/$registry" # it would take localhost for plain HTTP
  cat >"$work/hosts/$registry/hosts.toml" <<END
[host."https://$registry"]
  capabilities = ["pull", "resolve"]
  ca = "$work/ca.pem"
END
  "${ctr[@]}" images pull --hosts-dir "$work/hosts" --user user:hunter2hunter2 "$registry/team/ping:v1" >ctr.log 2>&1 ||
    { cat ctr.log >&2; exit 1; }
  check_digest containerd "$("${ctr[@]}" images list "name==$registry/team/ping:v1" | awk 'NR == 2 {print $3}')"
fi

secret=$(printf user:hunter2hunter2 | base64)
if grep -rlI -e hunter2hunter2 -e "$secret" ./*.log no_cache app metadata; then
  echo "FAILED: the password is shown" >&2
  exit 1
fi
echo "ok: no log, cache or lock has the password"
echo "all tests passed"
