#!/usr/bin/env bash
# Signatures against Debian's docker-registry: image_signer with the programs of
# examples/signing, image_verify, and a base image that has to be signed. Others that
# know cosign's format check the same signatures: openssl by hand, skopeo with a
# policy, and cosign if it is installed.
#
#   apt-get install curl docker-registry openssl python3 skopeo
#   tools/bazel test //e2e/push:signing_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

require_programs curl docker-registry openssl python3
export DOCKER_CONFIG=$private/docker

start_registry

new_workspace //app:Dockerfile //child:Dockerfile
echo 'dockerfiles.images(lock = "//third_party:images.lock")' >>MODULE.bazel
mkdir app child third_party
cp "$RULES_ROOT"/examples/signing/{Dockerfile,greeting.txt,openssl_signer.sh,cosign_signer.sh} app
for key in signing other; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$private/$key.key" 2>/dev/null
  openssl pkey -in "$private/$key.key" -pubout -out "third_party/$key.pub"
done
cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_group", "image_push", "image_signer", "image_verify")
dockerfile_image(name = "image", srcs = ["greeting.txt"])
image_signer(name = "signer", env = ["SIGNING_KEY"], tool = "openssl_signer.sh")
image_signer(name = "signer_with_claims", args = ["team=base-images"], env = ["SIGNING_KEY"], tool = "cosign_signer.sh")
image_push(name = "push", image = ":image", repositories = ["$address/team/app:v1"], signer = ":signer")
image_push(name = "claims", image = ":image", repositories = ["$address/team/claims:v1"], signer = ":signer_with_claims")
image_push(name = "unsigned", image = ":image", repositories = ["$address/team/unsigned:v1"])
image_group(name = "group", pushes = [":push", ":unsigned"])
[
    image_verify(name = "verify_" + name, keys = ["//third_party:%s.pub" % key], reference = "$address/team/%s:v1" % name)
    for name, key in {"app": "signing", "claims": "signing", "unsigned": "signing"}.items()
]
image_verify(name = "verify_other", keys = ["//third_party:other.pub"], reference = "$address/team/app:v1")
END
cat >third_party/BUILD.bazel <<'END'
exports_files(glob(["*.pub"]))
END

# run TARGET [FLAG...]: its output is in $private/out and $private/err.
run() {
  local target=$1
  shift
  nested_bazel run "$target" -- "$@" >"$private/out" 2>"$private/err"
}
run_or_fail() {
  run "$@" || {
    cat "$private/err" >&2
    exit 1
  }
}
# expect_error NAME MESSAGE TARGET [FLAG...]: the messages of the tool.
expect_error() {
  local name=$1 message=$2
  shift 2
  if run "$@"; then
    echo "FAILED: $name: it succeeded" >&2
    exit 1
  fi
  expect_equal "$name" "$(sed -n '/^image_[a-z]*: /,$p' "$private/err")" "$message"
}
# Prints a field of JSON on standard input: a Python expression over `json`.
field() { python3 -c "import json as j, sys; json = j.load(sys.stdin); print($1)"; }
get() { # PATH
  curl -fsS -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' "http://$address/v2/$1"
}

# --- a push that cannot sign, and one that can
expect_error "a signer without its key fails" \
  "image_push: $address/team/app@$(build //app:image && cat bazel-bin/app/image/manifest.digest): signer \"signer\": it says: SIGNING_KEY: expected a file with a private key
hint: the image is pushed, but not signed: push again" //app:push
export SIGNING_KEY=$private/signing.key
digest=$(cat bazel-bin/app/image/manifest.digest)
run_or_fail //app:push --dry_run
expect_equal "a dry run signs nothing" "$(tail -n 1 "$private/out")" "Would sign $address/team/app@$digest"
expect_equal "and leaves no tag" "$(get "team/app/tags/list" | field "json['tags']")" "['v1']"
run_or_fail //app:push
expect_equal "a push signs the digest" "$(tail -n 1 "$private/out")" "Signed $address/team/app@$digest"
run_or_fail //app:claims
run_or_fail //app:unsigned

# --- what is in the registry, by the format's specification alone
tag=sha256-${digest#sha256:}
check_by_hand() { # REPOSITORY OPTIONAL
  local manifest payload
  manifest=$(get "$1/manifests/$tag.sig")
  expect_equal "$1: the media type of the payload" "$(field "json['layers'][0]['mediaType']" <<<"$manifest")" \
    application/vnd.dev.cosign.simplesigning.v1+json
  payload=$(get "$1/blobs/$(field "json['layers'][0]['digest']" <<<"$manifest")")
  expect_equal "$1: the payload" "$payload" \
    '{"critical":{"identity":{"docker-reference":"'"$address/$1"'"},"image":{"docker-manifest-digest":"'"$digest"'"},"type":"cosign container image signature"},"optional":'"$2"'}'
  field "json['layers'][0]['annotations']['dev.cosignproject.cosign/signature']" <<<"$manifest" | base64 -d >"$private/signature"
  printf %s "$payload" >"$private/payload"
  expect_equal "$1: openssl verifies the signature" \
    "$(openssl dgst -sha256 -verify third_party/signing.pub -signature "$private/signature" "$private/payload")" "Verified OK"
  expect_equal "$1: the signature is a referrer" \
    "$(get "$1/manifests/$tag" | field "[m['artifactType'] for m in json['manifests']]")" \
    "['application/vnd.dev.cosign.artifact.sig.v1+json']"
}
check_by_hand team/app null
check_by_hand team/claims '{"team":"base-images"}'

# --- other programs
if command -v skopeo >/dev/null; then
  mkdir "$private/registries.d"
  printf 'docker:\n  %s:\n    use-sigstore-attachments: true\n' "$address" >"$private/registries.d/default.yaml"
  policy() { # KEY
    cat >"$private/policy.json" <<END
{"default": [{"type": "reject"}], "transports": {"docker": {"$address": [
  {"type": "sigstoreSigned", "keyPath": "$PWD/third_party/$1.pub", "signedIdentity": {"type": "matchRepository"}}]}}}
END
  }
  copy() { # REPOSITORY
    rm -rf "$private/copied"
    skopeo --policy "$private/policy.json" --registries.d "$private/registries.d" copy --src-tls-verify=false \
      "docker://$address/$1:v1" "dir:$private/copied" >"$private/skopeo.log" 2>&1
  }
  policy signing
fi
if ! command -v skopeo >/dev/null; then
  echo "skipped: no skopeo"
elif ! copy team/app && grep -q 'sigstore disabled' "$private/skopeo.log"; then
  echo "skipped: skopeo is built without sigstore, as Debian 12's"
else
  copy team/app || { cat "$private/skopeo.log" >&2; exit 1; }
  copy team/claims || { cat "$private/skopeo.log" >&2; exit 1; }
  echo "ok: skopeo accepts the signatures"
  if copy team/unsigned; then
    echo "FAILED: skopeo copies what is not signed" >&2
    exit 1
  fi
  policy other
  if copy team/app; then
    echo "FAILED: skopeo accepts another key" >&2
    exit 1
  fi
  echo "ok: skopeo refuses another key, and no signature"
fi
if command -v cosign >/dev/null; then
  cosign verify --key third_party/signing.pub --insecure-ignore-tlog --allow-http-registry "$address/team/app:v1" >/dev/null
  cosign verify --key third_party/signing.pub --insecure-ignore-tlog --allow-http-registry -a team=base-images "$address/team/claims:v1" >/dev/null
  if cosign verify --key third_party/other.pub --insecure-ignore-tlog --allow-http-registry "$address/team/app:v1" >/dev/null 2>&1; then
    echo "FAILED: cosign accepts another key" >&2
    exit 1
  fi
  echo "ok: cosign accepts the signatures, and refuses another key"
else
  echo "skipped: no cosign"
fi

# --- image_verify
for name in app claims; do
  run_or_fail "//app:verify_$name"
  expect_equal "image_verify: $name" "$(<"$private/out")" "$address/team/$name@$digest is signed by \"signing.pub\""
done
expect_error "image_verify refuses another key" \
  "image_verify: $address/team/app:v1: expected a signature of $address/team/app@$digest by \"other.pub\", got 1 other
signature 1 is by none of these keys" //app:verify_other
expect_error "image_verify refuses what is not signed" \
  "image_verify: $address/team/unsigned:v1: expected a signature of $address/team/unsigned@$digest by \"signing.pub\", got none" \
  //app:verify_unsigned
SIGNING_KEY=$private/other.key run_or_fail //app:push
run_or_fail //app:verify_app
run_or_fail //app:verify_other
echo "ok: one of several signatures is enough"

# --- a group signs what its pushes sign
run_or_fail //app:group.push
expect_equal "a group signs" "$(grep -c '^Signed ' "$private/out")" 1

# --- a base image that has to be signed
base() { # REPOSITORY KEY
  cat >third_party/BUILD.bazel <<END
load("@dockerfiles//third_party:images.lock.bzl", "base_image")
exports_files(glob(["*.pub"]))
base_image(
    name = "base",
    reference = "$address/$1:v1",
    verify = "$2.pub",
    visibility = ["//visibility:public"],
)
END
}
base team/app signing
cat >child/Dockerfile <<END
FROM $address/team/app:v1
COPY Dockerfile /child
END
cat >child/BUILD.bazel <<'END'
load("@dockerfiles//child:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", srcs = ["Dockerfile"])
END
run_or_fail //third_party:base.lock
expect_equal "the lock command says who has signed" "$(tail -n 1 "$private/out")" \
  "third_party/images.lock: $address/team/app:v1: signed by \"signing.pub\""
cp third_party/images.lock "$private/images.lock"
expect_equal "a build verifies" "$(actions_of_build //child:image | grep -o DockerfileVerify)" DockerfileVerify
run_or_fail //third_party:base.lock
expect_equal "the lock stays" "$(cmp third_party/images.lock "$private/images.lock" && echo same)" same
run_or_fail //third_party:base.lock --check
run_or_fail //third_party:base.verify

edit_lock() { # PYTHON, over `lock`
  python3 - "$1" <<'END'
import base64, json, sys
path = "third_party/images.lock"
lock = json.load(open(path))
exec(sys.argv[1])
json.dump(lock, open(path, "w"))
END
}
locked="$address/team/app:v1@$digest"
hint='
hint: after a change of the keys or of the image, run `bazel run //third_party:base.lock`'
edit_lock 'lock["signatures"][0]["signatures"] = []'
expect_failure "a lock without the signature" \
  "base_verify: $locked: expected a signature of $address/team/app@$digest by \"signing.pub\", got none$hint" //child:image
cp "$private/images.lock" third_party/images.lock
edit_lock 's = lock["signatures"][0]["signatures"][0]
s["payload"] = base64.b64encode(base64.b64decode(s["payload"]).replace(b"null", b"{}")).decode()'
expect_failure "a payload that was changed" "signature 1 is by none of these keys" //child:image
cp "$private/images.lock" third_party/images.lock
edit_lock 'lock["images"][0]["layers"] = []'
expect_failure "a lock with other layers" "base_verify: $locked: the lock has other diff_ids than the config of the image$hint" //child:image
cp "$private/images.lock" third_party/images.lock
edit_lock 'lock["images"][0]["layers"][0]["size"] += 1'
expect_failure "a lock with another size of a layer" "], the lock has [sha256:" //child:image
cp "$private/images.lock" third_party/images.lock
edit_lock 'del lock["signatures"]'
expect_failure "a lock without evidence" \
  "expected an image that is locked with verify = //third_party:base.verify, got one with none; run \`bazel run //third_party:base.lock\`" \
  //third_party:base
cp "$private/images.lock" third_party/images.lock
cp third_party/other.pub third_party/signing.pub
expect_failure "another key" "expected a signature of $address/team/app@$digest by \"signing.pub\", got 1 other" //child:image
openssl pkey -in "$private/signing.key" -pubout -out third_party/signing.pub
build //child:image || { cat build.log >&2; exit 1; }
echo "ok: the signed base is used again"

rm third_party/images.lock
base team/unsigned signing
expect_error "what is not signed is not locked" \
  "image_lock: third_party/images.lock: $address/team/unsigned:v1: expected a signature of $address/team/unsigned@$digest by \"signing.pub\", got none
hint: check that the key is that of the image's signer (\`verify\`), and the repository that its signatures name (\`signed_as\`)" \
  //third_party:base.lock
expect_equal "and leaves no lock" "$([[ -e third_party/images.lock ]] && echo lock)" ""

# --- nothing shows the key
secret=$(sed -n 2p "$private/signing.key")
if grep -rlF -e "$secret" "$private"/{out,err,registry.log} build.log third_party app "$STATE/execution.json"; then
  echo "FAILED: the private key is shown" >&2
  exit 1
fi
echo "ok: no log, lock or action has the private key"
echo "all tests passed"
