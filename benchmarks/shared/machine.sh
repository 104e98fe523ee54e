# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: what the host is, and how fast.

# rate MEGABYTES COMMAND...: MB/s, the best of three.
rate() {
  local i start best=0 now
  for i in 1 2 3; do
    start=${EPOCHREALTIME/./}
    "${@:2}" >/dev/null 2>&1
    now=$(($1 * 1000000 / (${EPOCHREALTIME/./} - start + 1)))
    if ((now > best)); then best=$now; fi
  done
  echo "$best"
}

versions() {
  { dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Version}\n' docker.io buildah podman skopeo runc tar pigz zstd \
    docker-registry 2>/dev/null || true; } | sed -n 's/^ii *//p' | paste -sd, | sed 's/,/, /g'
}

describe_machine() {
  local megabytes=256 memory
  memory=$(mktemp /dev/shm/benchmarks.XXXXXX)
  head -c "${megabytes}M" /dev/zero >"$memory"
  jq -n --arg processors "$(nproc)" \
    --arg model "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)" \
    --arg kernel "$(uname -r)" --arg load "$(cut -d' ' -f1-3 /proc/loadavg)" --arg date "$(date -u +%F)" \
    --arg commit "$(git -C "$tree" rev-parse --short HEAD 2>/dev/null)" \
    --arg sha256 "$(rate $megabytes sha256sum "$memory")" --arg copy "$(rate $megabytes cp "$memory" "$memory.copy")" \
    --arg write "$(rate $megabytes dd if="$memory" of="$work/written" bs=1M conv=fsync)" \
    --arg versions "$(versions)" '$ARGS.named' >"$work/machine"
  rm -f "$memory" "$memory.copy" "$work/written"
}
