#!/usr/bin/env bash
# A worker image that is built by the rules executes actions, RUN included, in a Docker container with
# the options of docs/remote.md. Starts a daemon; as root:
#
#   apt-get install docker.io
#   tools/bazel test //e2e/remote:worker_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh
source e2e/remote/servers.sh
source e2e/remote/clients.sh
source e2e/remote/workspaces.sh

if ((EUID != 0)) || ! command -v dockerd >/dev/null; then
  echo "skipped: dockerd, started by root, is required"
  exit 0
fi
start_dockerd

# --- the worker image
new_workspace //worker:Dockerfile
mkdir worker
cp "$RULES_ROOT/e2e/remote/worker/Dockerfile" worker/
mkdir -p "$private/root/"{etc,tmp,var/tmp}
chmod 1777 "$private/root/tmp" "$private/root/var/tmp"
echo root:x:0:0:root:/:/bin/false >"$private/root/etc/passwd"
tar -cf worker/root.tar --owner=0 --group=0 -C "$serverroot" bin lib lib64 sbin usr -C "$private/root" etc tmp var
cat >worker/BUILD.bazel <<'END_OF_BUILD'
load("@dockerfiles//worker:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")

base_image(
    name = "debian_with_buildbox",
    platform = "linux/amd64",
    rootfs = "root.tar",
)

dockerfile_image(
    name = "image",
    bases = {"debian-with-buildbox": ":debian_with_buildbox"},
    repo_tags = ["worker:latest"],
)
END_OF_BUILD
client builder
nested_bazel run //worker:image.load >"$private/load.log" 2>&1 || { cat "$private/load.log" >&2 && exit 1; }

# --- a container of it
configure() { behind=$1; }
worker() {
  exec docker run --rm --network=host --security-opt=seccomp=unconfined --security-opt=systempaths=unconfined \
    worker:latest "--bind=127.0.0.1:$behind" --jobs=2 --quota-high=5G /var/cache/buildbox
}
listen_on worker
start_front "$behind"

write_twenty
test_execution twenty //app{0..19}:image
