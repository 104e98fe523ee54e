#!/usr/bin/env bash
# Builds each case of a directory with `docker build` too, and compares the
# image of the runner with Docker's: config, and type, mode, owner, size, link and data
# of every file. Both images are loaded into the same daemon, so that both are read in
# the same way.
#
#   tools/bazel run //e2e/conformance -- --cases=CASES --out=OUT --base=debian=ROOTFS.tar
#   e2e/conformance/compare_with_docker.sh CASES OUT ROOTFS.tar
#
# Requires dockerd with BuildKit at $DOCKER_HOST, its client as $DOCKER, and skopeo. A
# case that this Docker cannot build (20.10 supports an older Dockerfile) is reported and
# skipped. Fails if an image differs.
set -euo pipefail
cases=$1 out=$2 rootfs=$3
docker=${DOCKER:-docker}
export DOCKER_BUILDKIT=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

config='{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}
{{json .Config.WorkingDir}} {{json .Config.User}} {{json .Config.Labels}}
{{json .Config.ExposedPorts}} {{json .Config.Volumes}} {{json .Config.StopSignal}}
{{json .Config.Healthcheck}} {{json .Config.Shell}} {{json .Config.OnBuild}}
{{.Architecture}} {{.Author}}'

# Prints an image without times and without the files that the daemon adds to a container.
describe() {
  local container
  "$docker" inspect --format "$config" "$1" | sed 's/\bnull\b/[]/g; s/{}/[]/g'
  container=$("$docker" create "$1" none)
  "$docker" export "$container" >"$work/export.tar"
  "$docker" rm "$container" >/dev/null
  rm -rf "$work/root"
  mkdir "$work/root"
  tar -x --numeric-owner -C "$work/root" -f "$work/export.tar"
  (
    cd "$work/root"
    rm -rf .dockerenv dev proc sys etc/hosts etc/hostname etc/resolv.conf etc/mtab
    rmdir etc 2>/dev/null || true
    find . -mindepth 1 -printf '%P %y %m %U:%G %l\n' | LC_ALL=C sort
    find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
  )
}

flags_of() {
  [[ -e $1/case.json ]] || return 0
  python3 - "$1/case.json" <<'P'
import json, sys
case = json.load(open(sys.argv[1]))
for name, flag in (("build_args", "--build-arg"), ("labels", "--label")):
    for key, value in case.get(name, {}).items():
        print(f"{flag}={key}={value}")
if "target" in case:
    print("--target=" + case["target"])
if "platform" in case:
    print("--platform=" + case["platform"])
P
}

"$docker" import "$rootfs" debian:latest >/dev/null
equal=0 different=0 skipped=0
for case in "$cases"/*/; do
  case=${case%/}
  name=$(basename "$case")
  [[ -d $out/$name ]] || continue
  mkdir -p "$work/empty"
  context=$case/context
  [[ -d $context ]] || context=$work/empty
  mapfile -t flags < <(flags_of "$case")
  if ! "$docker" build -q --network none "${flags[@]}" -t theirs -f "$case/Dockerfile" "$context" >"$work/log" 2>&1; then
    echo "skipped: $name: $(tail -n 1 "$work/log")"
    skipped=$((skipped + 1))
    continue
  fi
  if ! skopeo copy -q --dest-daemon-host "$DOCKER_HOST" "oci:$out/$name" "docker-daemon:ours:latest" >"$work/log" 2>&1; then
    echo "skipped: $name: not loaded: $(tail -n 1 "$work/log")"
    skipped=$((skipped + 1))
    continue
  fi
  describe theirs >"$work/theirs"
  describe ours >"$work/ours"
  if diff "$work/theirs" "$work/ours" >"$work/diff"; then
    equal=$((equal + 1))
  else
    different=$((different + 1))
    echo "different: $name"
    head -n 12 "$work/diff"
  fi
done
echo "$equal equal, $different different, $skipped skipped"
((different == 0))
