# shellcheck shell=bash
# Sourced by from_test.sh: registries that lie or fail while a build fetches blobs of a
# lock. Each has the complete message of the rules, and the reason of Bazel's downloader.
# Other programs: //e2e/registry:faults_test. Bazel has no limit for the size of a
# download: a body that does not end is no case here.

mkdir elsewhere docker
server=${server:-}
"$RUNFILES/e2e/support/http_server/http_server" elsewhere "$PWD/elsewhere.port" >elsewhere.requests 2>&1 9>&- &
trap 'kill $server '$! EXIT
while [[ ! -e elsewhere.port ]]; do sleep 0.1; done
lying=localhost:$(<port)
echo '{"auths":{"'"$lying"'":{"auth":"'"$(printf user:hunter2hunter2 | base64)"'"}}}' >docker/config.json

images=() targets=()
fault() { # CASE STATUS BODY [HEADER...]: the answer for the config of an image
  local name=$1 status=$2 body=$3
  digest=$(printf '%s' "${config:-$name}" | sha256sum | cut -d' ' -f1)
  local path=served/v2/$name/blobs/sha256:$digest.GET
  shift 3
  mkdir -p "served/v2/$name/blobs"
  {
    printf '%s\r\n' "HTTP/1.1 $status Answer" 'Connection: close' "$@"
    [[ "$*" == *Content-Length* ]] || printf '%s\r\n' "Content-Length: ${#body}"
    printf '\r\n%s' "$body"
  } >"$path"
  images+=('{"image":"'"${host:-$lying}/$name:1@sha256:$digest"'","platform":"linux/amd64","manifest":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'"$digest"'","size":2},"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:'"$digest"'","size":2},"layers":[],"onbuild":[]}')
  echo "base_image(name = \"$name\", reference = \"${host:-$lying}/$name:1\")" >>third_party/BUILD.bazel
}
reasons=()
fails() { # CASE REASON STATUS BODY [HEADER...]
  local name=$1 reason=$2 registry=${host:-$lying}
  shift 2
  fault "$name" "$@"
  targets+=("//third_party:$name")
  reasons+=("$registry/$name: cannot fetch the blob sha256:$digest of the lock from $registry
hint: update the lock (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login $registry), or set a mirror (RD_$(tr 'a-z.:' 'A-Z__' <<<"$registry")_MIRROR)"
    "WARNING: Download from http://$registry/v2/$name/blobs/sha256:$digest failed: class ${reason/WANTED/$digest}")
}

echo 'load("@dockerfiles//third_party:images.lock.bzl", "base_image")' >third_party/BUILD.bazel
config=
readonly java=java.io.IOException downloader=com.google.devtools.build.lib.bazel.repository.downloader
fails digest "$downloader.UnrecoverableHttpException Checksum was $(printf liar | sha256sum | cut -d' ' -f1) but wanted WANTED" 200 liar
fails truncated "$java Premature EOF" 200 liar 'Content-Length: 1000'
fails unauthorized "$downloader.UnrecoverableHttpException GET returned 401 Answer" 401 no 'WWW-Authenticate: Basic realm="x"'
fails slow "$java GET returned 429 Answer" 429 slow 'Retry-After: 3600'
fails down "$java GET returned 503 Answer" 503 down
fails gone "java.io.FileNotFoundException GET returned 404 Answer" 404 gone
# A lock that names a token server without TLS: nobody is asked for a token.
host=127.0.0.1:$(<port)
fails realm "$downloader.UnrecoverableHttpException GET returned 401 Answer" 401 '' 'WWW-Authenticate: Bearer realm="x"'
host=
# To another host, which gets no password.
config='{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
fault moved 307 '' "Location: http://localhost:$(<elsewhere.port)/config"
printf '%s' "$config" >elsewhere/config
# With a mirror that has other bytes.
config=${config/,/,\"created\":\"2026-01-01T00:00:00Z\",}
fault mirrored 200 "$config"
mkdir -p elsewhere/v2/mirrored/blobs
echo liar >"elsewhere/v2/mirrored/blobs/sha256:$digest"

{
  echo '{ "version": 1, "registries": ['
  echo '{"registry":"'"$lying"'","realm":"","service":""},'
  echo '{"registry":"127.0.0.1:'"$(<port)"'","realm":"http://localhost:'"$(<elsewhere.port)"'/token","service":""}'
  echo '], "images": ['
  printf '%s\n' "${images[@]}" | LC_ALL=C sort | sed '$!s/$/,/'
  echo '], "files": [], "runs": [] }'
} >third_party/images.lock

fetching=(--repository_cache="$WORKSPACE/no_cache_of_faults" --repo_env=DOCKER_CONFIG="$PWD/docker" --http_connector_attempts=1)
forget
if build "${fetching[@]}" --keep_going "${targets[@]}"; then
  echo "FAILED: registries that lie or fail" >&2
  exit 1
fi
for reason in "${reasons[@]}"; do
  if [[ $(<build.log) != *"$reason"* ]]; then
    printf 'FAILED: registries that lie or fail\n  expected: %s\n  got:\n' "$reason" >&2
    cat build.log >&2
    exit 1
  fi
done
echo "ok: ${#targets[@]} blobs of registries that lie or fail"
build "${fetching[@]}" //third_party:moved || { cat build.log >&2; exit 1; }
expect_equal "the registry gets the password" "$(grep -c '^/v2/moved/.* with credentials$' requests)" 1
expect_equal "another host that a blob is at gets none, and no token server without TLS is asked" \
  "$(<elsewhere.requests)" /config
expect_equal "a log has no password" "$(grep -c hunter2 build.log || true)" 0
forget
: >elsewhere.requests
build "${fetching[@]}" "--repo_env=RD_LOCALHOST_${lying#*:}_MIRROR=http://localhost:$(<elsewhere.port)" //third_party:mirrored ||
  { cat build.log >&2; exit 1; }
expect_equal "the registry is asked where its mirror has other bytes" \
  "$(<elsewhere.requests) $(sed 's/ with credentials$//' requests)" "/v2/mirrored/blobs/sha256:$digest /v2/mirrored/blobs/sha256:$digest"
