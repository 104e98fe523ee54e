#!/usr/bin/env bash
# image_push, image_pull, image_lock and registry_credential_helper against Debian's docker-registry:
#
#   apt-get install docker-registry openssl
#   tools/bazel test //e2e/registry:registry_test --test_output=all
set -euo pipefail
source e2e/support/daemons/daemons.sh

require_programs curl docker-registry openssl
readonly push=$PWD/tools/image_push/image_push
readonly pull=$PWD/tools/image_pull/image_pull
readonly lock=$PWD/tools/image_lock/image_lock
readonly helper=$PWD/tools/registry_credential_helper/registry_credential_helper
readonly secret=hunter2hunter2
export HOME=$private DOCKER_CONFIG=$private/docker
unset SSL_CERT_FILE SSL_CERT_DIR XDG_RUNTIME_DIR REGISTRY_AUTH_FILE
cd "$private"

fail() {
  echo "FAILED: $*" >&2
  cat "$private"/*.out "$private/registry.log" >&2 || true
  exit 1
}

# blob FILE MEDIA_TYPE: moves a file into the layout and prints its descriptor.
blob() {
  local hex size
  hex=$(sha256sum <"$1" | cut -d' ' -f1)
  size=$(stat -c%s "$1")
  mv "$1" "$layout/blobs/sha256/$hex"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$2" "$hex" "$size"
}

# new_layout NAME: creates an image for linux/amd64 with three layers of random bytes.
new_layout() {
  local layers="" diff_ids="" i descriptor config manifest
  local oci=application/vnd.oci.image
  layout=$private/$1
  mkdir -p "$layout/blobs/sha256"
  for i in 1 2 3; do
    head -c 2000000 /dev/urandom >layer
    diff_ids+=",\"sha256:$(sha256sum <layer | cut -d' ' -f1)\""
    descriptor=$(blob layer $oci.layer.v1.tar)
    layers+=",$descriptor"
  done
  echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":['"${diff_ids#,}"']}}' >config
  config=$(blob config $oci.config.v1+json)
  echo '{"schemaVersion":2,"mediaType":"'$oci.manifest.v1+json'","config":'"$config"',"layers":['"${layers#,}"']}' >manifest
  manifest=$(blob manifest $oci.manifest.v1+json)
  echo '{"schemaVersion":2,"manifests":['"$manifest"']}' >"$layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
}

expect_error() { # FILE LINE...: its standard error, to the letter
  local file=$1
  shift
  { (($# == 0)) || printf '%s\n' "$@"; } | diff - "$file" || fail "$file"
}

# --- many clients in parallel: a race of Distribution is retried
start_registry
for round in 1 2 3 4 5 6 7 8; do
  new_layout "race$round"
  pushes=()
  for i in 1 2 3 4 5 6; do
    "$push" --layout="$layout" --repository="$address/a/race" --tag="r$round-$i" \
      >"race$round-$i.out" 2>&1 &
    pushes+=($!)
  done
  for pid in "${pushes[@]}"; do wait "$pid" || fail "a push at once with others"; done
done
echo "ok: 48 pushes, six of an image at once"

# --- no blob is uploaded to a second repository
new_layout image
"$push" --layout="$layout" --repository="$address/a/one:v1" >one.out
"$push" --layout="$layout" --repository="$address/b/two:v1" \
  --mount_from="$address/a/one" >two.out
[[ $(grep -c " mounted$" two.out) == 4 ]] || fail "not all blobs are mounted"
if grep -q '"PUT /v2/b/two/blobs' registry.log; then fail "a blob was sent"; fi
echo "ok: a second repository gets 0 blob bytes"
"$pull" --reference="$address/b/two:v1" --layout_out=pulled >pull.out
diff -r "$layout/blobs" pulled/blobs || fail "what is pulled"
"$push" --layout=pulled --repository="$address/c/three:v1" >three.out
[[ $(grep -c " mounted$" three.out) == 4 ]] || fail "a pulled image is mounted"
"$push" --layout=pulled --repository="$address/c/three:v2" >three.out
[[ $(grep -c "^sha256:.* already there$" three.out) == 4 ]] || fail "a second push"
echo "ok: what was pulled is mounted; a second push sends nothing"

"$push" --layout="$layout" --repository="$address/e/chunks:v1" --chunk_size=700000 >chunks.out
[[ $(grep -c '"PATCH /v2/e/chunks/blobs' registry.log) == 9 ]] || fail "three layers in three chunks each"
"$pull" --reference="$address/e/chunks:v1" --layout_out=pulled_chunks >pull.out
diff -r "$layout/blobs" pulled_chunks/blobs || fail "what is pulled after a push in chunks"
if "$push" --layout="$layout" --repository="$address/e/chunks:v1" --chunk_size=-1 2>chunks.out; then fail "a chunk of no size"; fi
expect_error chunks.out 'image_push: --chunk_size: expected at least 0, got -1'
echo "ok: layers are sent in chunks"

"$push" --layout="$layout" --repository="$address/d/four:v1" \
  --repository="$address/d/five" --default_repository="$address/d/six" \
  --tag=both >two.out
for reference in d/four:v1 d/four:both d/five:both; do
  "$pull" --reference="$address/$reference" --layout_out=pulled.again >pull.out ||
    fail "$reference is not there"
  rm -r pulled.again
done
if grep -q d/six two.out registry.log; then fail "the default is pushed, too"; fi
"$push" --layout="$layout" --default_repository="$address/d/six:v1" >six.out
grep -q d/six six.out || fail "the default is not pushed"
echo "ok: two repositories get the image, and the default one where none is named"

if "$pull" --reference="$address/b/two:v1" --platform=linux/arm64 \
  --layout_out=arm 2>arm.out >/dev/null; then fail "another platform"; fi
expect_error arm.out \
  'image_pull: no image for platform "linux/arm64": the registry has "linux/amd64"'
if "$push" --layout="$layout" --repository="$address/a/new" --tag=../x \
  2>tag.out; then fail "a bad tag"; fi
expect_error tag.out 'image_push: invalid tag "../x": expected at most 128 letters, digits, "_", "." and "-", not beginning with "." or "-"'
if grep -q "a/new" registry.log; then fail "a request before the bad tag"; fi
echo "ok: another platform and a bad tag are refused"

# --- TLS of a private CA, and a password
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -keyout ca.key -out ca.pem -days 30 -subj "/CN=test CA" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -keyout server.key -out server.csr -subj "/CN=server" 2>/dev/null
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
  -days 30 -out server.pem -extfile <(echo subjectAltName=IP:127.0.0.1) 2>/dev/null
# hunter2hunter2
# shellcheck disable=SC2016
echo 'user:$2y$05$abcdefghijklmnopqrstuuHNzobToyoUx/XDeHA.0qHXOcixZPlSm' >htpasswd
kill "$registry_pid"
wait "$registry_pid" || true
start_registry "  tls: {certificate: $private/server.pem, key: $private/server.key}
auth: {htpasswd: {realm: test, path: $private/htpasswd}}"
log_in() {
  mkdir -p docker
  echo '{"auths":{"'"$address"'":{"auth":"'"$(printf 'user:%s' "$1" | base64)"'"}}}' >docker/config.json
}
log_in wrong-secret
if "$push" --layout="$layout" --repository="$address/a/b:v1" --ca_file=ca.pem \
  2>login.out; then fail "a wrong password"; fi
grep -q "^image_push: registry \"$address\" returned 401: " login.out || fail login
log_in "$secret"
"$push" --layout="$layout" --repository="$address/a/b:v1" --ca_file=ca.pem >tls.out
mkdir -p ".config/docker/certs.d/$address"
cp ca.pem ".config/docker/certs.d/$address/ca.crt"
"$pull" --reference="$address/a/b:v1" --layout_out=pulled_tls >tls_pull.out
diff -r "$layout/blobs" pulled_tls/blobs || fail "what is pulled with TLS"

# --- a lock of the pushed images, with the same credentials
digest_of() { # LAYOUT
  grep -o 'sha256:[0-9a-f]*' "$1/index.json" | head -1
}
first=$(digest_of "$layout")
wanted=(--lock="$private/lock" --name=app/Dockerfile.lock --image="linux/amd64,$address/a/b:v1")
"$lock" "${wanted[@]}" >lock.out
expect_error lock.out "app/Dockerfile.lock: $address/a/b:v1 for linux/amd64: locked $first"
grep -qF '{"registry":"'"$address"'","realm":"","service":""}' lock || fail "the registry is not in the lock"
grep -qF '{"image":"'"$address/a/b:v1@$first"'","platform":"linux/amd64","manifest":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'"$first"'"' lock ||
  fail "the image is not in the lock"
"$lock" "${wanted[@]}" --check >check.out
expect_error check.out
new_layout moved
second=$(digest_of "$layout")
"$push" --layout="$layout" --repository="$address/a/b:v1" >moved.out
"$lock" "${wanted[@]}" >lock.out
expect_error lock.out
if "$lock" "${wanted[@]}" --check >check.out 2>stale.out; then fail "a tag that moved"; fi
expect_error check.out "app/Dockerfile.lock: $address/a/b:v1: expected $first (locked), got $second from the registry"
expect_error stale.out "image_lock: app/Dockerfile.lock is out of date"
"$lock" "${wanted[@]}" --update="$address/a/b:v1" >lock.out
expect_error lock.out "app/Dockerfile.lock: $address/a/b:v1 for linux/amd64: locked $second, was $first"
"$lock" "${wanted[@]}" --check >check.out
expect_error check.out
if "$lock" "${wanted[@]}" --update=debian:12 2>update.out; then fail "an update of nothing"; fi
expect_error update.out "image_lock: --update=debian:12: expected one of \"$address/a/b:v1\", \"all\""
echo "ok: a lock is made, checked and updated"

"$push" --layout="$layout" --repository="$address/hub/library/debian:12" >moved.out
"$lock" --lock="$private/hub.lock" --name=hub.lock --image=linux/amd64,debian:12 \
  --mirror="docker.io=https://$address/hub" --connect_timeout=1s >mirror.out
expect_error mirror.out "hub.lock: docker.io/library/debian:12 for linux/amd64: locked $second"
"$pull" --reference=debian:12 --mirror="docker.io=https://$address/hub" \
  --layout_out=pulled_hub >hub_pull.out
diff -r "$layout/blobs" pulled_hub/blobs || fail "what is pulled from a mirror"
echo "ok: a mirror of Docker Hub is locked and pulled from"

# --- credentials for Bazel's downloader
blob=$(find "$layout/blobs/sha256" -size +1000k | head -1)
uri=https://$address/v2/a/b/blobs/sha256:${blob##*/}
echo "{\"uri\":\"$uri\"}" | "$helper" get >helper.answer
[[ $(<helper.answer) == '{"headers":{"Authorization":["Basic '"$(printf 'user:%s' "$secret" | base64)"'"]}}' ]] ||
  fail "the answer to Bazel"
header=$(sed 's/.*\["\(.*\)"\].*/\1/' helper.answer)
curl -sf --cacert ca.pem -H "Authorization: $header" "$uri" | cmp - "$blob" || fail "the blob"
echo '{"uri":"https://example.invalid/a.tgz"}' | "$helper" get >helper.answer
[[ $(<helper.answer) == '{"headers":{}}' ]] || fail "another URI"
mv docker docker.gone
echo "machine 127.0.0.1 login user password $secret" >.netrc
"$lock" "${wanted[@]}" --check >check.out
rm .netrc
echo "{\"uri\":\"$uri\"}" | "$helper" get >helper.answer
[[ $(<helper.answer) == '{"headers":{}}' ]] || fail "without credentials"
if "$lock" "${wanted[@]}" --check 2>anonymous.out; then fail "no login"; fi
expect_error anonymous.out "image_lock: app/Dockerfile.lock: $address/a/b:v1: registry \"$address\" requires authentication; run \`docker login $address\`"
mv docker.gone docker
if "$helper" <<<'{}' 2>helper.out; then fail "no command"; fi
expect_error helper.out 'registry_credential_helper: expected the argument "get"'
echo "ok: Bazel gets the login of Docker's configuration or of netrc"

rm "$PWD/.config/docker/certs.d/$address/ca.crt"
mkdir -p "$PWD/.config/docker/certs.d/$address"
cp server.key "$PWD/.config/docker/certs.d/$address/a.key"
if "$pull" --reference="$address/a/b:v1" --layout_out=pulled_tls 2>pair.out; then
  fail "half of a pair"
fi
expect_error pair.out "image_pull: \"$PWD/.config/docker/certs.d/$address/a.key\" has no certificate: expected \"$PWD/.config/docker/certs.d/$address/a.cert\""
echo "ok: TLS with a private CA, and a password"

if grep -l -e "$secret" -e "$(printf 'user:%s' "$secret" | base64)" ./*.out pulled*/index.json; then
  fail "a secret is shown"
fi
echo "ok: no output has the password"
