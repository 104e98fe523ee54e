#!/usr/bin/env bash
# FROM a registry: locked once, pinned by digest, and fetched where bytes are needed.
source e2e/support/nested/nested.sh
source e2e/from/publish.sh

new_workspace //app:Dockerfile //base:Dockerfile //other:Dockerfile
mkdir -p app base other served third_party
cat >>MODULE.bazel <<'END'
dockerfiles.images(lock = "//third_party:images.lock")
END
cat >BUILD.bazel <<'END'
[
    platform(
        name = name,
        constraint_values = ["@platforms//os:linux", "@platforms//cpu:" + cpu],
        visibility = ["//visibility:public"],
    )
    for name, cpu in [("amd64", "x86_64"), ("arm64", "aarch64")]
]
END

# --- the content of the registry: debian:12 for two platforms. Bazel's repository cache has
# nothing of it, be it from an earlier run.
head -c 32 /dev/urandom >base/unique
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    build_arg_flags = {},
    context_paths = {"//prebuilt:box": "bin/sh"},
    platforms = ["//:amd64", "//:arm64"],
    srcs = ["unique"],
    visibility = ["//visibility:public"],
)
END
base() {
  cat >base/Dockerfile <<END
FROM scratch
COPY bin/sh unique /bin/
ENV RELEASE=$1
CMD ["/bin/sh"]
END
  build //base:image.layout || { cat build.log >&2; exit 1; }
  publish bazel-bin/base/image/layout library/debian 12
}
base one
"$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >>requests 2>&1 9>&- &
server=$!
trap 'kill $server' EXIT
while [[ ! -e port ]]; do sleep 0.1; done
registry=localhost:$(cat port)
blobs() { grep -c "/blobs/" requests || true; }
forget() { : >requests; }

cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    visibility = ["//visibility:public"],
)
END
cat >app/Dockerfile <<END
FROM $registry/library/debian:12
RUN echo a > /a
LABEL release=\$RELEASE
END

# --- before and after locking
expect_failure "a FROM that is not locked has a hint" \
  "app/Dockerfile:1: FROM $registry/library/debian:12: image \"$registry/library/debian:12\" is not locked; run \`bazel run //app:image.lock\`, or add bases = {\"$registry/library/debian:12\": \"//label\"}" \
  //app:image

lock() { nested_bazel run "$@" >lock.log 2>&1; }
lock //app:image.lock || { cat lock.log >&2; exit 1; }
expect_equal "the lock has tag and digest" \
  "$(grep -o "\"image\":\"[^\"]*\"" app/Dockerfile.lock)" \
  "\"image\":\"$registry/library/debian:12@sha256:$(sha256sum <served/v2/library/debian/manifests/12 | cut -d' ' -f1)\""
expect_equal "an entry is one line" "$(grep -c '"platform"' app/Dockerfile.lock)" 1
build //app:image.archive || { cat build.log >&2; exit 1; }
inspect() { nested_bazel run "$1.inspect" 2>/dev/null | grep -E '^(platform|config.Labels|config.Env RELEASE)'; }
expect_equal "the image is built on the base" "$(inspect //app:image)" "platform linux/amd64
config.Env RELEASE=one
config.Labels release=one"

# --- the tag moves: nothing changes until it is updated
first=$(cat bazel-bin/app/image/manifest.digest)
base two
forget
nested_bazel clean >/dev/null 2>&1
build //app:image
expect_equal "a locked image does not change, and no request is sent" "$(cat bazel-bin/app/image/manifest.digest) $(wc -l <requests)" "$first 0"
if lock //app:image.lock -- --check; then
  echo "FAILED: --check of a tag that moved" >&2
  exit 1
fi
expect_equal "--check reports outdated images" "$(grep '^app/Dockerfile.lock: \|^image_lock: ' lock.log | sort)" \
  "app/Dockerfile.lock: $registry/library/debian:12: expected $(grep -o '@sha256:[0-9a-f]*' app/Dockerfile.lock | tail -c +2) (locked), got sha256:$(sha256sum <served/v2/library/debian/manifests/12 | cut -d' ' -f1) from the registry
image_lock: app/Dockerfile.lock is out of date"
before=$(sha256sum app/Dockerfile.lock)
lock //app:image.lock
expect_equal "locking again changes nothing" "$(sha256sum app/Dockerfile.lock)" "$before"
lock //app:image.lock -- "--update=$registry/library/debian:12"
lock //app:image.lock -- --check || { cat lock.log >&2; exit 1; }
build //app:image
expect_equal "the image is built on the new base" "$(inspect //app:image | tail -n 1)" "config.Labels release=two"

# --- a platform that the lock lacks, and the index, too
cp app/BUILD.bazel any_platform
sed -i 's|name = "image",|& platform = "linux/s390x",|' app/BUILD.bazel
expect_failure "a platform that the lock lacks" \
  "app/Dockerfile:1: FROM $registry/library/debian:12: the image is locked for linux/amd64, not for linux/s390x; run \`bazel run //app:image.lock\`" \
  //app:image
if lock //app:image.lock; then
  echo "FAILED: a platform that the index lacks is locked" >&2
  exit 1
fi
expect_equal "a platform that the index lacks" "$(grep '^image_lock: ' lock.log)" \
  "image_lock: app/Dockerfile.lock: $registry/library/debian:12: no image for platform \"linux/s390x\": the registry has \"linux/amd64\", \"linux/arm64\""
mv any_platform app/BUILD.bazel

# --- a digest, with a tag or without, is locked by itself
index=$(sha256sum <served/v2/library/debian/manifests/12 | cut -d' ' -f1)
cp app/Dockerfile tagged
for name in "debian:12@sha256:$index" "debian@sha256:$index"; do
  sed "1s|.*|FROM $registry/library/$name|" tagged >app/Dockerfile
  rm app/Dockerfile.lock
  build //app:image || { cat build.log >&2; exit 1; }
  unlocked=$(cat bazel-bin/app/image/manifest.digest)
  lock //app:image.lock || { cat lock.log >&2; exit 1; }
  build //app:image || { cat build.log >&2; exit 1; }
  expect_equal "$name needs no lock, and is the same with one" "$(cat bazel-bin/app/image/manifest.digest)" "$unlocked"
  expect_equal "$name is locked by its digest" "$(grep -o '"image":"[^"]*"' app/Dockerfile.lock)" \
    "\"image\":\"$registry/library/debian@sha256:$index\""
done

cp app/Dockerfile.lock locked
cat >app/Dockerfile <<END
FROM --platform=linux/arm64 $registry/library/debian@sha256:$index
ENV A=b
COPY --from=$registry/library/debian@sha256:$(sha256sum <tagged | cut -d' ' -f1) / /
END
rm app/Dockerfile.lock
expect_failure "a digest that the registry has not is an error of the build" \
  "image_pull: registry \"$registry\" returned 404" //app:image
sed -i '$d' app/Dockerfile
build //app:image //app:image.layout || { cat build.log >&2; exit 1; }
expect_equal "a platform of an index by its digest" "$(inspect //app:image | head -n 1)" "platform linux/arm64"
mv locked app/Dockerfile.lock
cp tagged app/Dockerfile
sed -i "1s|.*|FROM $registry/library/debian@sha256:$index|" app/Dockerfile

# --- an entry that does not match its digest
lock //app:image.lock -- --check || { cat lock.log >&2; exit 1; }
cp app/Dockerfile.lock good
sed -i 's/"diff_id":"sha256:......../"diff_id":"sha256:00000000/' app/Dockerfile.lock
if lock //app:image.lock -- --check; then
  echo "FAILED: --check of a changed entry" >&2
  exit 1
fi
expect_equal "--check finds an entry that was changed" "$(grep '^app/Dockerfile.lock: ' lock.log)" \
  "app/Dockerfile.lock: $registry/library/debian@sha256:$index for linux/amd64: expected the manifest, config and layers of sha256:$index, got others"

# --- a merge conflict
{ echo "<<<<<<< HEAD"; cat good; } >app/Dockerfile.lock
expect_failure "a merge conflict in a lock is reported" \
  $'app/Dockerfile.lock: expected a JSON object\nhint: resolve the merge conflict in it: keep the lines of both sides, one per image and platform' \
  //app:image
build //base:image || { cat build.log >&2; exit 1; }
echo "ok: other Dockerfiles are built all the same"
rm app/Dockerfile.lock

# --- two images of a Dockerfile
cp app/BUILD.bazel one_image
cat >>app/BUILD.bazel <<END
dockerfile_image(
    name = "on_base",
    bases = {"$registry/library/debian:12": "//base:image.image"},
)
END
cat >app/Dockerfile <<END
FROM $registry/library/debian:12
COPY --from=$registry/library/debian@sha256:$index /bin/sh /sh
END
lock //app:image.lock || { cat lock.log >&2; exit 1; }
before=$(sha256sum app/Dockerfile.lock)
lock //app:on_base.lock || { cat lock.log >&2; exit 1; }
expect_equal "an image with bases keeps the locked images of another" "$(sha256sum app/Dockerfile.lock)" "$before"
build //app:image //app:on_base || { cat build.log >&2; exit 1; }
mv one_image app/BUILD.bazel

# --- only instructions that need the layers fetch them
echo hello >app/hello
cat >app/Dockerfile <<END
FROM $registry/library/debian:12
ENV A=b
COPY --link hello /hello
CMD ["/hello"]
END
sed -i 's/visibility =/srcs = ["hello"], visibility =/' app/BUILD.bazel
# Another value of this fetches the blobs again; all name the same registry.
variable=RD_${registry^^}_MIRROR
variable=${variable//:/_}
lock //app:image.lock || { cat lock.log >&2; exit 1; }
fresh=(--repository_cache="$WORKSPACE/repository_cache" "--repo_env=$variable=http://127.0.0.1:$(cat port)")
forget
build "${fresh[@]}" //app:image || { cat build.log >&2; exit 1; }
expect_equal "an image of metadata and COPY --link fetches only the config" \
  "$(grep "/blobs/" requests | sort -u | wc -l)" 1
build "${fresh[@]}" //app:image.layout || { cat build.log >&2; exit 1; }
expect_equal "its layout fetches the layer" "$(grep "/blobs/" requests | sort -u | wc -l)" 2

# --- the registry is gone
kill $server
wait $server || true
config=$(grep -o '"config":{[^}]*}' app/Dockerfile.lock | grep -o 'sha256:[0-9a-f]*')
expect_failure "a missing blob is reported" \
  "$registry/library/debian: cannot fetch the blob $config of the lock from $registry
hint: update the lock (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login $registry), or set a mirror ($variable)" \
  --repository_cache="$WORKSPACE/empty_cache" //app:image
build "${fresh[0]}" "--repo_env=$variable=http://$registry" //app:image.layout || { cat build.log >&2; exit 1; }
expect_equal "without the registry all comes from the repository cache, and nobody is asked" \
  "$(grep -c "Download from" build.log || true)" 0
# Another name of the registry, at which nobody listens, fetches all again.
mkdir dist
cp served/v2/library/debian/blobs/* dist/
sed -i "s|$registry|127.0.0.1:1|" app/Dockerfile app/Dockerfile.lock
expect_failure "without caches the blobs are missing" \
  "127.0.0.1:1/library/debian: cannot fetch the blob $config of the lock from 127.0.0.1:1
hint: " \
  --repository_cache="$WORKSPACE/another_empty_cache" //app:image
build --distdir="$PWD/dist" --repository_cache="$WORKSPACE/another_empty_cache" //app:image.layout ||
  { cat build.log >&2; exit 1; }
echo "ok: without the registry all comes from --distdir"
trap - EXIT
rm port
"$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >>requests 2>&1 9>&- &
server=$!
trap 'kill $server' EXIT
while [[ ! -e port ]]; do sleep 0.1; done

echo "rewrite 127\.0\.0\.1:2/(.*) localhost:$(cat port)/\$1" >rewrites
sed -i "s|127.0.0.1:1|127.0.0.1:2|" app/Dockerfile app/Dockerfile.lock
forget
build --experimental_downloader_config="$PWD/rewrites" --repository_cache="$WORKSPACE/no_cache" //app:image.layout ||
  { cat build.log >&2; exit 1; }
expect_equal "Bazel's downloader rewrites the URLs of blobs" "$(grep "/blobs/" requests | sort -u | wc -l)" 2

# --- Docker Hub by a mirror of the host
echo "FROM debian:12" >app/Dockerfile
rm app/Dockerfile.lock
lock --repo_env=RD_DOCKER_IO_MIRROR="http://localhost:$(cat port)" //app:image.lock || { cat lock.log >&2; exit 1; }
expect_equal "locking uses a mirror of the host" "$(grep -o '"image":"[^@]*' app/Dockerfile.lock)" '"image":"docker.io/library/debian:12'
expect_failure "the password of a mirror is not printed" \
  'RD_DOCKER_IO_MIRROR: expected http[s]://HOST[:PORT][/PATH], got "http://…@localhost:1"' \
  --repo_env=RD_DOCKER_IO_MIRROR=http://user:hunter2@localhost:1 //app:image
expect_equal "a log has no password" "$(grep -c hunter2 build.log || true)" 0

# --- Docker Hub by a mirror of the project, and an image that Dockerfiles share
cat >>MODULE.bazel <<END
dockerfiles.mirror(name = "docker.io", urls = ["http://127.0.0.1:1", "http://localhost:$(cat port)"])
END
cat >app/Dockerfile <<'END'
FROM debian:12
RUN echo a > /a
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    annotations = {"build": "{BUILD_EMBED_LABEL}"},
    platforms = ["//:amd64", "//:arm64"],
)
END
lock //app:image.lock || { cat lock.log >&2; exit 1; }
expect_equal "a platform is one line" "$(grep -o '"image":"[^@]*\|"platform":"[^"]*' app/Dockerfile.lock | tr -d '"' | xargs)" \
  "image:docker.io/library/debian:12 platform:linux/amd64 image:docker.io/library/debian:12 platform:linux/arm64"
sed -i '/RUN/d' app/Dockerfile
build //app:image.layout || { cat build.log >&2; exit 1; }
echo "ok: an image for two platforms, from a mirror of Docker Hub"
build --stamp --embed_label=v7 //app:image //app:image.whole || { cat build.log >&2; exit 1; }
for image in image image.whole; do
  expect_equal "the index of $image has the stamp" \
    "$(tr -d ' \n' <"bazel-bin/app/$image/index.json" | grep -o '"annotations":{[^}]*}' | tail -n 1)" '"annotations":{"build":"v7"}'
done

cat >third_party/BUILD.bazel <<'END'
load("@dockerfiles//third_party:images.lock.bzl", "base_image")
base_image(
    name = "debian",
    reference = "debian:12",
    visibility = ["//visibility:public"],
)
END
cat >other/Dockerfile <<'END'
FROM debian:12 AS a
FROM base
COPY --from=a /bin/sh /sh
END
cat >other/BUILD.bazel <<'END'
load("@dockerfiles//other:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    bases = {"base": "//third_party:debian"},
)
END
expect_failure "a shared image that is not locked has a hint" \
  '//third_party:debian: reference = "debian:12": the image is not locked; run `bazel run //third_party:debian.lock`' \
  //third_party:debian
lock //third_party:debian.lock || { cat lock.log >&2; exit 1; }
build //other:image.layout || { cat build.log >&2; exit 1; }
echo "ok: a shared image is a target, and what FROM names"

# --- the same, if it has to be signed
if command -v openssl >/dev/null; then
  for key in key other; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key.pem" 2>/dev/null
  done
  openssl pkey -in key.pem -pubout -out third_party/debian.pub
  sed -i 's/visibility/verify = "debian.pub",\n    &/' third_party/BUILD.bazel
  expect_failure "an image that is locked without a signature has a hint" \
    'expected an image that is locked with verify = //third_party:debian.verify, got one with none; run `bazel run //third_party:debian.lock`' \
    //third_party:debian
  digest=$(grep -o 'debian:12@sha256:[0-9a-f]*' third_party/images.lock | cut -d@ -f2)
  sign "$digest" library/debian other.pem
  if lock //third_party:debian.lock; then
    echo "FAILED: an image that another key has signed is locked" >&2
    exit 1
  fi
  expect_equal "the error says which image and which key" "$(sed -n '/^image_lock: /,$p' lock.log)" \
    "image_lock: third_party/images.lock: docker.io/library/debian:12: expected a signature of docker.io/library/debian@$digest by \"debian.pub\", got 1 other
signature 1 is by none of these keys
hint: check that the key is that of the image's signer (\`verify\`), and the repository that its signatures name (\`signed_as\`)"
  sign "$digest" library/debian key.pem
  lock //third_party:debian.lock || { cat lock.log >&2; exit 1; }
  expect_equal "a FROM by name depends on the signature" "$(actions_of_build //other:image.layout | grep -o DockerfileVerify)" DockerfileVerify
  sed -i 's/"signature":"M/"signature":"N/' third_party/images.lock
  expect_failure "a signature that was changed is refused, without the network" \
    "base_verify: docker.io/library/debian:12@$digest: expected a signature of docker.io/library/debian@$digest by \"debian.pub\", got 1 other
signature 1 is by none of these keys
hint: after a change of the keys or of the image, run \`bazel run //third_party:debian.lock\`" \
    //other:image.layout
  lock //third_party:debian.lock || { cat lock.log >&2; exit 1; }
  build //other:image.layout || { cat build.log >&2; exit 1; }
  echo "ok: the next lock mends it"
else
  echo "skipped: no openssl"
fi
cat >>other/Dockerfile <<END
COPY --from=localhost:$(cat port)/library/debian:12 /bin/sh /b
END
lock //other:image.lock || { cat lock.log >&2; exit 1; }
expect_equal "the own lock has the images that the shared one lacks" \
  "$(grep -o '"image":"[^@]*' other/Dockerfile.lock)" "\"image\":\"localhost:$(cat port)/library/debian:12"

# --- a Dockerfile of another module has its own lock
mkdir lib
cp app/Dockerfile.lock lib/
echo "FROM debian:12" >lib/Dockerfile
cat >lib/BUILD.bazel <<'END'
load("@lib_dockerfiles//:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    visibility = ["//visibility:public"],
)
END
cat >lib/MODULE.bazel <<'END'
module(name = "lib")
bazel_dep(name = "rules_dockerfile", version = "0.1.0")
dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")
dockerfiles.file(hub = "lib_dockerfiles", path = "//:Dockerfile")
use_repo(dockerfiles, "lib_dockerfiles")
END
cp MODULE.bazel without_lib
cat >>MODULE.bazel <<'END'
bazel_dep(name = "lib")
local_path_override(module_name = "lib", path = "lib")
END
build @lib//:image || { cat build.log >&2; exit 1; }
echo "ok: an image of another module"
expect_failure "the lock of another module is not written" \
  $':image.lock: expected a target of the main repository: `bazel run` cannot write Dockerfile.lock to another\nhint: run it in the workspace of that module' \
  @lib//:image.lock
mv without_lib MODULE.bazel
rm -r lib

# --- a layer that is in several registries
sed -i 's|docker.io/library/|localhost:1/library/|' app/Dockerfile.lock
build --repository_cache="$WORKSPACE/another_cache" //other:image.layout || { cat build.log >&2; exit 1; }
expect_equal "an unreachable registry is skipped if another has the layer" \
  "$(grep -c 'Download from http://localhost:1/v2/library/debian/blobs/' build.log | sed 's/[1-9].*/some/')" some

source "$RUNFILES/e2e/from/faults.sh"
echo "all tests passed"
