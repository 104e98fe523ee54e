#!/usr/bin/env bash
# FROM a private registry, whose password a credential helper has: for the lock,
# for the build, and for the push; once with a registry that gives tokens. Nothing that
# stays has the password or the token.
#
#   apt-get install curl docker-registry openssl python3
#   tools/bazel test //e2e/from:private_registry_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/from/private_registry.sh
source e2e/from/publish.sh

require_programs curl docker-registry keytool openssl python3

new_workspace //app:Dockerfile //base:Dockerfile //tokens:Dockerfile
mkdir app base bin served tokens work
work=$WORKSPACE/work
logs=$work
registry_pid='' token_pid=''
trap 'kill $registry_pid $token_pid' EXIT
start_private_registry
trust_private_registry
python3 "$RUNFILES/e2e/from/token_registry.py" served "$work/server.pem" "$work/server.key" "$work" >"$work/token_registry.log" 2>&1 9>&- &
token_pid=$!
wait_for test -e "$work/token_port"
token_registry=localhost:$(<"$work/token_port")

# --- one configuration for all: Docker's, and a CA that this shell trusts
cat >bin/docker-credential-test <<END
#!/bin/sh
# Docker's protocol for credential helpers: a registry in, a login out.
read -r name
echo "\$1 \$name" >>"$work/docker_helper.calls"
case "\$1 \$name" in
  "get $registry" | "get $token_registry") ;;
  *) echo "credentials not found in native keychain" && exit 1 ;;
esac
echo '{"ServerURL":"$registry","Username":"user","Secret":"hunter2hunter2"}'
END
cat >bin/bazel_helper <<END
#!/bin/sh
echo "\$1" >>"$work/bazel_helper.calls"
exec "$RUNFILES/tools/registry_credential_helper/registry_credential_helper" "\$@"
END
chmod +x bin/*
mkdir "$work/docker"
echo '{"credHelpers":{"'"$registry"'":"test","'"$token_registry"'":"test"}}' >"$work/docker/config.json"
unset REGISTRY_AUTH_FILE XDG_RUNTIME_DIR
export DOCKER_CONFIG=$work/docker NETRC=$work/no_netrc PATH=$WORKSPACE/bin:$PATH SSL_CERT_FILE=$work/ca.pem

cat >>MODULE.bazel <<END
dockerfiles.mirror(name = "$registry", urls = ["https://$registry"])
dockerfiles.mirror(name = "$token_registry", urls = ["https://$token_registry"])
END
cat >base/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
ENV BASE=private
END
cat >base/BUILD.bazel <<END
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", context_paths = {"//prebuilt:box": "bin/sh"}, repository = "$registry/team/base:1")
END
cat >app/Dockerfile <<END
FROM $registry/team/base:1
RUN echo \$BASE > /made
COPY Dockerfile /
END
cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", srcs = ["Dockerfile"], repository = "$registry/team/app:1")
END

run() { # TARGET: its output goes to runs.log
  nested_bazel run "$@" >run.log 2>&1 || {
    cat run.log >&2
    exit 1
  }
  cat run.log >>runs.log
}

# Whether a helper was called since the last question.
asked() { # WHICH
  [[ ! -s $work/$1.calls ]] || echo asked
  rm -f "$work/$1.calls"
}

# --- push, lock
run //base:image.push
expect_equal "a push asks Docker's credential helper" "$(asked docker_helper)" asked
run //app:image.lock
expect_equal "a lock asks Docker's credential helper" "$(asked docker_helper)" asked
expect_equal "the lock says that the registry requires a password" "$(grep -o '{"registry".*}' app/Dockerfile.lock)" \
  '{"registry":"'"$registry"'","realm":"","service":""}'

# --- build, by the load phase, whose PATH is a setting of Bazel
path=("--repo_env=PATH=$PATH")
build "${path[@]}" --repository_cache="$WORKSPACE/cache1" //app:image || { cat build.log >&2; exit 1; }
cat build.log >>runs.log
expect_equal "the load phase asks Docker's credential helper" "$(asked docker_helper)" asked
digest=$(cat bazel-bin/app/image/manifest.digest)

# --- build, by the credential helper of Bazel: the load phase finds no password
without=("${path[@]}" "--repo_env=DOCKER_CONFIG=$work/no_docker" "--repo_env=NETRC=$work/no_netrc")
expect_failure "without a password the blob cannot be fetched" \
  "hint: update the lock (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login $registry), or set a mirror" \
  --repository_cache="$WORKSPACE/cache2" "${without[@]}" //app:image
cat build.log >>runs.log
expect_equal "no helper was asked" "$(asked docker_helper)" ""
: >"$work/registry.log"
build --repository_cache="$WORKSPACE/cache2" "${without[@]}" \
  --credential_helper=localhost=%workspace%/bin/bazel_helper //app:image.layout || { cat build.log >&2; exit 1; }
cat build.log "$STATE/execution.json" >>runs.log
expect_equal "Bazel asks its helper" "$(asked bazel_helper)" asked
expect_equal "which asks Docker's" "$(asked docker_helper)" asked
expect_equal "the registry gives config and layer" "$(requests 'GET /v2/team/base/blobs/[^"]*" 200')" 2
expect_equal "the image is the same" "$(cat bazel-bin/app/image/manifest.digest)" "$digest"
build "${path[@]}" --repository_cache="$WORKSPACE/cache2" --repo_env=RD_TOKEN_HOSTS=x //app:image || { cat build.log >&2; exit 1; }
cat build.log >>runs.log
expect_equal "for what Bazel's cache has no helper is asked" "$(asked docker_helper)" ""
nested_bazel aquery 'deps(//app:image)' >>runs.log 2>&1

# --- push of what was built on it
run //app:image.push
expect_equal "the registry has what was built" \
  "$(curl -fsSI --cacert "$work/ca.pem" --user user:hunter2hunter2 -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "https://$registry/v2/team/app/manifests/1" | tr -d '\r' | sed -n 's/^docker-content-digest: //Ip')" "$digest"

# --- a registry that gives tokens, for that password, and whose blobs are elsewhere
# Not the blobs of the other registry, which has them, too.
sed -i 's/^COPY/& --chmod=0700/; s/BASE=private/BASE=tokens/' base/Dockerfile
build //base:image.layout || { cat build.log >&2; exit 1; }
publish bazel-bin/base/image/layout team/base 1
echo "FROM $token_registry/team/base:1" >tokens/Dockerfile
echo 'RUN echo $BASE > /made' >>tokens/Dockerfile
cat >tokens/BUILD.bazel <<'END'
load("@dockerfiles//tokens:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image")
END
run //tokens:image.lock
expect_equal "the lock says where tokens come from" "$(grep -o '{"registry".*}' tokens/Dockerfile.lock)" \
  '{"registry":"'"$token_registry"'","realm":"https://'"$token_registry"'/token","service":"tokens of a test"}'
blobs_of_lock() { grep -o '"\(config\|layers\)":[^}]*' tokens/Dockerfile.lock | grep -o '"digest":"[^"]*' | cut -d'"' -f4 | sort -u; }
touch "$work/line_break"
expect_failure "a token with a line break is sent to nobody" \
  "hint: update the lock (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login $token_registry), or set a mirror (RD_LOCALHOST_${token_registry#*:}_MIRROR)" \
  "${path[@]}" --repository_cache="$WORKSPACE/cache3" //tokens:image
cat build.log >>runs.log
rm "$work/line_break"
: >"$work/token_requests"
: >"$work/storage_requests"
build "${path[@]}" --repository_cache="$WORKSPACE/cache4" --repo_env=RD_TOKEN_HOSTS=y //tokens:image ||
  { cat build.log >&2; exit 1; }
cat build.log >>runs.log
nested_bazel aquery "${path[@]}" --repository_cache="$WORKSPACE/cache4" --repo_env=RD_TOKEN_HOSTS=y 'deps(//tokens:image)' >>runs.log 2>&1 ||
  { cat runs.log >&2; exit 1; }
expect_equal "the load phase gets a token with the password" "$(grep '^/token' "$work/token_requests" | sort -u)" \
  "/token?service=tokens%20of%20a%20test&scope=repository:team/base:pull password"
expect_equal "the registry gets the token" "$(grep '^/v2/' "$work/token_requests" | sort -u)" \
  "$(for digest in $(blobs_of_lock); do echo "/v2/team/base/blobs/$digest token"; done)"
expect_equal "the host of the blobs gets neither" "$(sort -u "$work/storage_requests")" \
  "$(for digest in $(blobs_of_lock); do echo "/v2/team/base/blobs/$digest nothing"; done)"

# --- nothing that stays has the password: no log, lock, action, cache or output
nested_bazel shutdown # which writes its cache of actions
secret=$(printf user:hunter2hunter2 | base64)
expect_equal "the helper for Bazel tells it to Bazel" \
  "$(bin/bazel_helper get <<<'{"uri":"https://'"$registry"'/v2/team/base/blobs/sha256:00"}')" \
  '{"headers":{"Authorization":["Basic '"$secret"'"]}}'
tells() { grep -rlF -e hunter2hunter2 -e "$secret" -e tok3n-tok3n --exclude-dir=sandbox "$@"; }
expect_equal "what tells it is found" "$(tells bin)" bin/docker-credential-test
if tells runs.log run.log build.log app base tokens cache1 cache2 cache3 cache4 "$private_output_base"; then
  echo "FAILED: the password is shown" >&2
  exit 1
fi
echo "ok: no log, lock, action, cache or output has the password"
echo "all tests passed"
