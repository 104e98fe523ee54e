#!/usr/bin/env bash
# Registries that lie or fail, against the programs that lock, pull and push: each
# with its whole message.
set -euo pipefail
readonly server=$PWD/e2e/support/http_server/http_server
readonly secret=hunter2hunter2
tools=$PWD/tools
cd "$TEST_TMPDIR"
export HOME=$PWD DOCKER_CONFIG=$PWD/docker LC_ALL=C
unset SSL_CERT_FILE SSL_CERT_DIR XDG_RUNTIME_DIR REGISTRY_AUTH_FILE NETRC

pids=()
start_server() { # NAME: serves the directory NAME; sets $host
  mkdir -p "$1"
  "$server" "$1" "$PWD/$1.port" >"$1.requests" &
  pids+=($!)
  while [[ ! -e $1.port ]]; do sleep 0.1; done
  host=127.0.0.1:$(<"$1.port")
}
trap 'kill "${pids[@]}"' EXIT
start_server elsewhere
readonly elsewhere=$host
start_server served
readonly host
mkdir docker
echo '{"auths":{"'"$host"'":{"auth":"'"$(printf 'user:%s' $secret | base64)"'"}}}' >docker/config.json

# --- what the server answers
# answer METHOD PATH STATUS BODY [HEADER...]: the METHOD may have a suffix.
answer() {
  local file=served$2.$1 status=$3 body=$4
  shift 4
  mkdir -p "${file%/*}"
  {
    printf '%s\r\n' "HTTP/1.1 $status Answer" 'Connection: close' "$@" "Content-Length: ${#body}" ''
    printf '%s' "$body"
  } >"$file"
}
raw() { # METHOD PATH: standard input
  mkdir -p "served${2%/*}"
  cat >"served$2.$1"
}
digest_of() { printf 'sha256:%s' "$(printf '%s' "$1" | sha256sum | cut -d' ' -f1)"; }
descriptor() { # TEXT TYPE
  printf '{"mediaType":"%s","digest":"%s","size":%d}' "$2" "$(digest_of "$1")" ${#1}
}
readonly oci=application/vnd.oci.image
# An image of one layer, which is not compressed.
layer=layer
config='{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["'$(digest_of "$layer")'"]}}'
manifest='{"schemaVersion":2,"mediaType":"'$oci.manifest.v1+json'","config":'$(descriptor "$config" $oci.config.v1+json)',"layers":['$(descriptor "$layer" $oci.layer.v1.tar)']}'
readonly layer config manifest
serve_manifest() { # CASE TEXT [TYPE]
  answer GET "/v2/$1/manifests/1" 200 "$2" "Content-Type: ${3:-$oci.manifest.v1+json}"
}
serve_blob() { # CASE CONTENT [OTHER CONTENT]
  answer GET "/v2/$1/blobs/$(digest_of "$2")" 200 "${3-$2}"
}
# The same for the requests with which a lock and a pull, and with which an upload, begin.
everywhere() { # CASE STATUS BODY [HEADER...]
  local name=$1
  shift
  answer GET "/v2/$name/manifests/1" "$@"
  answer POST "/v2/$name/blobs/uploads/" "$@"
}
new_layout() { # DIRECTORY
  mkdir -p "$1/blobs/sha256"
  local text digest
  for text in "$layer" "$config" "$manifest"; do
    digest=$(digest_of "$text")
    printf '%s' "$text" >"$1/blobs/sha256/${digest#*:}"
  done
  echo '{"schemaVersion":2,"manifests":['"$(descriptor "$manifest" $oci.manifest.v1+json)"']}' >"$1/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
}

# --- the programs, all at the same time: they wait between their attempts
runs=()
start() { # NAME PREFIX COMMAND...: the message is standard input; none for success
  local name=$1 prefix=$2
  shift 2
  local message
  message=$(cat)
  : >"$name.want"
  if [[ $message ]]; then printf '%s%s\n' "$prefix" "$message" >"$name.want"; fi
  runs+=("$name")
  { "$@" >"$name.out" 2>"$name.got" || echo "exit $?" >>"$name.out"; } &
}
lock() { # CASE [REFERENCE [PLATFORM]]
  local reference=${2:-$host/$1:1}
  start "lock.$1" "image_lock: app/Dockerfile.lock: $reference: " "$tools/image_lock/image_lock" \
    --lock="lock.$1.lock" --name=app/Dockerfile.lock --image="${3:-linux/amd64},$reference"
}
pull() { # CASE [REFERENCE [PLATFORM]]
  start "pull.$1" "image_pull: " "$tools/image_pull/image_pull" \
    --reference="${2:-$host/$1:1}" --platform="${3:-linux/amd64}" --layout_out="pulled.$1"
}
push() { # CASE [LAYOUT [REPOSITORY]]
  start "push.$1" "image_push: " "$tools/image_push/image_push" \
    --layout="${2:-layout}" --repository="${3:-$host/$1:1}"
}
all() { # CASE MESSAGE
  lock "$1" <<<"$2"
  pull "$1" <<<"$2"
  push "$1" <<<"$2"
}
new_layout layout

# --- wrong digests
other=$(digest_of '{}')
answer GET "/v2/digest/manifests/$other" 200 "$manifest" "Content-Type: $oci.manifest.v1+json"
lock digest "$host/digest@$other" <<<"manifest \"$other\" has digest \"$(digest_of "$manifest")\""
pull digest "$host/digest@$other" <<<"manifest \"$other\" has digest \"$(digest_of "$manifest")\""
answer GET /v2/header/manifests/1 200 "$manifest" "Content-Type: $oci.manifest.v1+json" "Docker-Content-Digest: $other"
lock header <<<"manifest \"$other\" has digest \"$(digest_of "$manifest")\""
pull header <<<"manifest \"$other\" has digest \"$(digest_of "$manifest")\""
serve_manifest config "$manifest"
serve_blob config "$config" "${config/amd64/arm64}"
lock config <<<"blob \"$(digest_of "$config")\" has digest \"$(digest_of "${config/amd64/arm64}")\""
serve_manifest short "$manifest"
serve_blob short "$config"
serve_blob short "$layer" liar
pull short <<<"blob \"$(digest_of "$layer")\": expected 5 bytes, got 4"
serve_manifest long "$manifest"
serve_blob long "$config"
serve_blob long "$layer" liars!
pull long <<<"registry \"$host\": blob \"$(digest_of "$layer")\": expected 5 bytes, got more"
serve_manifest bytes "$manifest"
serve_blob bytes "$config"
serve_blob bytes "$layer" liars
pull bytes <<<"blob \"$(digest_of "$layer")\" has digest \"$(digest_of liars)\""
new_layout damaged
damaged=$(digest_of "$layer")
printf liars >"damaged/blobs/sha256/${damaged#*:}"
answer POST /v2/damaged/blobs/uploads/ 202 '' 'Location: /upload'
answer PUT /upload 201 ''
push damaged damaged <<<"registry \"$host\": blob \"$damaged\" has digest \"$(digest_of liars)\""
answer POST /v2/refused/blobs/uploads/ 202 '' 'Location: /refused'
answer PUT /refused 400 '{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}'
push refused <<<"registry \"$host\" returned 400: provided digest did not match uploaded content"

# --- a body that ends early, and one that does not end
for request in 'GET /v2/truncated/manifests/1' 'POST /v2/truncated/blobs/uploads/'; do
  # shellcheck disable=SC2086
  printf 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{' | raw $request
done
all truncated "registry \"$host\": the response is truncated"
for request in 'GET.endless /v2/endless/manifests/1' 'POST.endless /v2/endless/blobs/uploads/'; do
  # shellcheck disable=SC2086
  printf 'HTTP/1.1 202 OK\r\n\r\n' | raw $request
done
all endless "registry \"$host\": the response is larger than 16777216 bytes"
serve_manifest endless_blob "$manifest"
printf 'HTTP/1.1 200 OK\r\n\r\n' | raw GET.endless "/v2/endless_blob/blobs/$(digest_of "$config")"
for tool in lock pull; do
  $tool endless_blob <<<"registry \"$host\": blob \"$(digest_of "$config")\": expected ${#config} bytes, got more"
done

# --- logins
everywhere unauthorized 401 "no $secret" 'WWW-Authenticate: Basic realm="x"'
all unauthorized "registry \"$host\" returned 401: no <secret>"
everywhere realm 401 '' 'WWW-Authenticate: Bearer realm="ftp://auth.x/"'
all realm "registry \"$host\": token server \"ftp://auth.x/\": expected an http or https URL"
everywhere challenge 401 '' $'WWW-Authenticate: Bearer realm="\e[2J'
all challenge "registry \"$host\": challenge \"Bearer realm=\"\\x1b[2J\": unterminated quoted string"
answer GET /line_break 200 '{"token":"T\r\nX-Injected: 1"}'
everywhere line_break 401 '' "WWW-Authenticate: Bearer realm=\"http://$host/line_break\""
all line_break "registry \"$host\": header \"Authorization\" has a control character"
printf 'HTTP/1.1 200 OK\r\n\r\n' | raw GET.endless /endless_token
everywhere endless_token 401 '' "WWW-Authenticate: Bearer realm=\"http://$host/endless_token\""
all endless_token "registry \"$host\": the response is larger than 16777216 bytes"

# --- statuses
everywhere slow 429 slow 'Retry-After: 3600'
all slow "registry \"$host\" returned 429: slow: it asks for a pause of 1h, and 2m is the maximum"
everywhere down 503 '{"errors":[{"code":"UNAVAILABLE","message":"down"}]}'
all down "registry \"$host\" returned 503: down"
lock gone <<<"registry \"$host\" returned 404: no reason given"
pull gone <<<"registry \"$host\" returned 404: no reason given"
serve_manifest gone_blob "$manifest"
serve_blob gone_blob "$config"
answer GET "/v2/gone_blob/blobs/$(digest_of "$layer")" 404 '{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}'
pull gone_blob <<<"registry \"$host\" returned 404: blob unknown to registry"
everywhere loop 307 '' 'Location: /v2/loop/manifests/1'
lock loop <<<"registry \"$host\": too many redirects"
pull loop <<<"registry \"$host\": too many redirects"
push loop <<<"registry \"$host\" returned 307: no reason given"
lock nobody 127.0.0.1:1/nobody:1 <<<'registry "127.0.0.1:1": cannot connect: Connection refused'
pull nobody 127.0.0.1:1/nobody:1 <<<'registry "127.0.0.1:1": cannot connect: Connection refused'
push nobody layout 127.0.0.1:1/nobody:1 <<<'registry "127.0.0.1:1": cannot connect: Connection refused'

# --- documents
index_of() { printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' "$oci.index.v1+json" "$1"; }
serve_manifest html '<html>' text/html
serve_manifest types "$manifest" application/vnd.docker.distribution.manifest.v2+json
with_platform() { sed 's|}$|,"platform":{"os":"linux","architecture":"'"$1"'"}}|'; }
serve_manifest nested "$(index_of "$(descriptor '{}' $oci.index.v1+json | with_platform amd64)")" $oci.index.v1+json
bomb=$(printf '{"a":%.0s' {1..100000})
serve_manifest bomb "$bomb"
serve_manifest platform "$manifest"
serve_blob platform "$config"
for tool in lock pull; do
  $tool html <<<'"1" has media type "text/html": not an image'
  $tool types <<<"manifest \"$(digest_of "$manifest")\" says that it is \"$oci.manifest.v1+json\", and its registry \"application/vnd.docker.distribution.manifest.v2+json\""
  $tool nested <<<"the index lists the index \"$(digest_of '{}')\": expected images"
  $tool bomb <<<"manifest \"$(digest_of "$bomb")\": malformed JSON: nested deeper than 64"
  $tool platform "$host/platform:1" linux/s390x <<<'no image for platform "linux/s390x": the registry has "linux/amd64"'
done
# Locked, the platform is one of an index.
index=$(index_of "$(descriptor "$manifest" $oci.manifest.v1+json | with_platform arm64)")
serve_manifest index "$index" $oci.index.v1+json
for tool in lock pull; do
  $tool index <<<'no image for platform "linux/amd64": the registry has "linux/arm64"'
done
new_layout nested
nested=$(digest_of "$(index_of "$(descriptor "$manifest" $oci.manifest.v1+json)")")
index_of "$(descriptor "$manifest" $oci.manifest.v1+json)" >"nested/blobs/sha256/${nested#*:}"
outer=$(index_of "$(descriptor "$(<"nested/blobs/sha256/${nested#*:}")" $oci.index.v1+json)")
printf '%s' "$outer" >"nested/blobs/sha256/$(digest_of "$outer" | cut -d: -f2)"
echo '{"schemaVersion":2,"manifests":['"$(descriptor "$outer" $oci.index.v1+json)"']}' >nested/index.json
push nested nested <<<"the index lists the index \"$nested\": expected images"

# --- another host, which gets no credentials
for path in "/v2/moved/manifests/1" "/v2/moved/blobs/$(digest_of "$config")" "/v2/moved/blobs/$(digest_of "$layer")"; do
  answer GET.anonymous "$path" 401 '' 'WWW-Authenticate: Basic realm="x"'
  answer GET "$path" 307 '' "Location: http://$elsewhere$path"
done
mkdir -p elsewhere/v2/moved/{blobs,manifests}
printf '%s' "$manifest" >elsewhere/v2/moved/manifests/1
printf '%s' "$config" >"elsewhere/v2/moved/blobs/$(digest_of "$config")"
printf '%s' "$layer" >"elsewhere/v2/moved/blobs/$(digest_of "$layer")"
lock moved </dev/null
pull moved </dev/null
answer POST.anonymous /v2/moved/blobs/uploads/ 401 '' 'WWW-Authenticate: Basic realm="x"'
answer POST /v2/moved/blobs/uploads/ 202 '' "Location: http://$elsewhere/upload"
printf 'HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n' >elsewhere/upload.PUT
answer PUT.anonymous /v2/moved/manifests/1 401 '' 'WWW-Authenticate: Basic realm="x"'
answer PUT /v2/moved/manifests/1 201 ''
push moved </dev/null

failed=
for job in $(jobs -p); do
  [[ " ${pids[*]} " == *" $job "* ]] || wait "$job"
done
for run in "${runs[@]}"; do
  if [[ $(<"$run.want") ]]; then expected='exit 1'; else expected=''; fi
  if ! diff "$run.want" "$run.got" >&2 || [[ $(grep '^exit' "$run.out") != "$expected" ]]; then
    echo "FAILED: $run: < is expected, > is what it says" >&2
    failed=yes
  else
    echo "ok: $run"
  fi
done
[[ ! $failed ]]

grep -c 'with credentials$' served.requests >/dev/null
[[ $(grep -c '^/upload' elsewhere.requests) == 2 ]]
[[ $(grep -c '^/v2/moved/manifests/1' elsewhere.requests) == 2 ]]
if grep 'with credentials' elsewhere.requests; then
  echo "FAILED: another host gets credentials" >&2
  exit 1
fi
if grep -l -e "$secret" -e "$(printf 'user:%s' $secret | base64)" ./*.got ./*.out ./*.lock; then
  echo "FAILED: a secret is shown" >&2
  exit 1
fi
# A run that fails leaves no lock, and no layout that looks complete.
for lock in lock.*.lock; do
  [[ $lock == lock.moved.lock ]] || { echo "FAILED: $lock" >&2 && exit 1; }
done
for index in pulled.*/index.json; do
  [[ $index == pulled.moved/index.json ]] || { echo "FAILED: $index" >&2 && exit 1; }
done
# One with status 429 that asks for an hour is not asked twice.
[[ $(grep -c '^/v2/slow/manifests/1' served.requests) == 2 ]]
echo "all tests passed: ${#runs[@]} runs"
