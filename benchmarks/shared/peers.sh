# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: the peers, each with separate files in $work.

# The contenders whose work is done by a daemon.
declare -A client_of_daemon

# That of Debian's docker.io, whose BuildKit needs no plugin.
docker=/usr/bin/docker
[[ -x $docker ]] || docker=docker

# Starts dockerd; sets DOCKER_HOST. Fails if it is not there, or not allowed.
start_docker() {
  has dockerd && has "$docker" || return
  ((EUID == 0)) || return
  [[ ! ${DOCKER_HOST:-} == unix://$work/* ]] || return 0
  export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=1
  if [[ ! -S $work/docker.sock ]]; then
    dockerd --data-root="$work/docker" --exec-root="$work/docker.exec" --pidfile="$work/docker.pid" \
      --host="$DOCKER_HOST" --iptables=false --bridge=none --insecure-registry=127.0.0.0/8 >"$work/dockerd.log" 2>&1 &
    echo $! >>"$work/daemons"
    wait_for "$docker" version
  fi
}

podman_command=(podman "--root=$work/podman" "--runroot=$work/podman.run")
buildah_command=(buildah "--root=$work/podman" "--runroot=$work/podman.run")
# The default runtime, crun, refuses some hosts' cgroups.
runtime=()
if command -v runc >/dev/null; then runtime=("--runtime=$(command -v runc)"); fi
podman_command+=("${runtime[@]}" --cgroup-manager=cgroupfs)

# import_base TAR NAME: as an image of each peer.
import_base() {
  if start_docker; then "$docker" import "$1" "$2" >/dev/null; fi
  if ((EUID == 0)) && has podman; then "${podman_command[@]}" import "$1" "$2" >/dev/null 2>&1; fi
}

# building_peers DIRECTORY: a contender for each peer that builds the Dockerfile of DIRECTORY
# without its cache, and without a network.
building_peers() {
  if start_docker; then
    contender BuildKit peer "$docker" build --quiet --no-cache --network=none "$1"
    client_of_daemon[BuildKit]=yes
  fi
  if [[ $buildkitd ]] && start_buildkitd; then
    contender "current BuildKit" peer "$buildctl" "--addr=unix://$work/buildkitd.sock" build --frontend=dockerfile.v0 \
      --no-cache "--local=context=$1" "--local=dockerfile=$1" --output=type=image,name=benchmark
    client_of_daemon["current BuildKit"]=yes
  fi
  ((EUID == 0)) || return 0
  if has buildah; then
    contender buildah peer "${buildah_command[@]}" build "${runtime[@]}" --quiet --no-cache --network=none "$1"
  fi
  if has podman; then
    contender podman peer "${podman_command[@]}" build --quiet --no-cache --network=none "$1"
  fi
}

# A current BuildKit, of --buildkitd.
start_buildkitd() {
  buildctl=$(dirname "$buildkitd")/buildctl
  [[ ! -S $work/buildkitd.sock ]] || return 0
  "$buildkitd" "--root=$work/buildkit" "--addr=unix://$work/buildkitd.sock" --oci-worker-net=host >"$work/buildkitd.log" 2>&1 &
  echo $! >>"$work/daemons"
  wait_for "$buildctl" "--addr=unix://$work/buildkitd.sock" debug workers
}

# Starts a registry on loopback; sets $registry.
start_registry() {
  has docker-registry || return
  registry=$(cat "$work/registry.address" 2>/dev/null || echo "127.0.0.1:$((20000 + RANDOM % 20000))")
  [[ ! -e $work/registry.address ]] || return 0
  printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "%s"}\n' "$work/registry" "$registry" \
    >"$work/registry.yml"
  docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
  echo $! >>"$work/daemons"
  wait_for curl -fsS "http://$registry/v2/"
  echo "$registry" >"$work/registry.address"
}
