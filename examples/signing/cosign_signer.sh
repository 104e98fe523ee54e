#!/usr/bin/env bash
# Signs images in cosign's format, as `cosign sign --key … -a NAME=VALUE` does: the
# claims NAME=VALUE among the arguments are part of what is signed, so that
# `cosign verify --key … -a NAME=VALUE` can ask for them. The private key is in the
# file $SIGNING_KEY (PEM, ECDSA P-256).
set -euo pipefail

fail() { # MESSAGE
  printf '{"version":1,"error":"%s"}\n' "$1"
  exit 1
}

request=$(cat)
field() { # NAME
  sed -n "s/.*\"$1\":\"\([^\"\\\\]*\)\".*/\1/p" <<<"$request"
}
reference=$(field reference)
digest=$(field digest)
[[ $reference && $digest ]] || fail "expected a request with a reference and a digest"
[[ -r ${SIGNING_KEY:-} ]] || fail "SIGNING_KEY: expected a file with a private key"

claims=
for claim in "$@"; do
  [[ $claim =~ ^[A-Za-z0-9._-]+=[A-Za-z0-9._:/@-]*$ ]] || fail "expected claims NAME=VALUE"
  claims+=${claims:+,}$(printf '"%s":"%s"' "${claim%%=*}" "${claim#*=}")
done
payload=$(printf '{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"},"optional":{%s}}' \
  "$reference" "$digest" "$claims")

signature=$(printf %s "$payload" | openssl dgst -sha256 -sign "$SIGNING_KEY" | base64 -w0) ||
  fail "openssl cannot sign with the key"
printf '{"version":1,"payload":"%s","signature":"%s"}\n' \
  "$(printf %s "$payload" | base64 -w0)" "$signature"
