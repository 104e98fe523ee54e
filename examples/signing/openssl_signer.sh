#!/usr/bin/env bash
# Signs images with OpenSSL and the private key in the file $SIGNING_KEY (PEM, ECDSA
# P-256 or RSA): the protocol of docs/supply_chain.md.
set -euo pipefail

fail() { # MESSAGE
  printf '{"version":1,"error":"%s"}\n' "$1"
  exit 1
}

# The request is one line, without blanks between its fields.
request=$(cat)
payload=$(sed -n 's/.*"payload":"\([A-Za-z0-9+/=]*\)".*/\1/p' <<<"$request")
[[ $payload ]] || fail "expected a request with a payload"
[[ -r ${SIGNING_KEY:-} ]] || fail "SIGNING_KEY: expected a file with a private key"

signature=$(base64 -d <<<"$payload" | openssl dgst -sha256 -sign "$SIGNING_KEY" | base64 -w0) ||
  fail "openssl cannot sign with the key"
printf '{"version":1,"signature":"%s"}\n' "$signature"
