#!/usr/bin/env bash
# image_push, image_group and stamps against Debian's docker-registry:
#
#   apt-get install docker-registry jq skopeo
#   tools/bazel test //e2e/push:push_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

require_programs curl docker-registry jq
export DOCKER_CONFIG=$private/docker

# run TARGET [FLAG...]: prints the output of the target; flags of Bazel are $bazel_flags.
bazel_flags=()
run() {
  local target=$1
  shift
  nested_bazel run "${bazel_flags[@]}" "$target" -- "$@" 2>"$private/run.log" || {
    cat "$private/run.log" >&2
    return 1
  }
}

readonly index_type=application/vnd.oci.image.index.v1+json
readonly manifest_type=application/vnd.oci.image.manifest.v1+json

# Prints the digest of the reference in the registry.
digest_of() { # REPOSITORY TAG
  curl -fsSI -H "Accept: $index_type, $manifest_type" \
    "http://$address/v2/$1/manifests/$2" | tr -d '\r' | sed -n 's/^docker-content-digest: //Ip'
}

start_registry
new_workspace //base:Dockerfile //app:Dockerfile //web:Dockerfile
mkdir base app web
head -c 3000000 /dev/urandom >base/big
cat >base/Dockerfile <<'END'
FROM scratch
COPY big /big
END
for package in app web; do
  cat >$package/Dockerfile <<END
FROM base
COPY --from=base big /copy-$package
COPY Dockerfile /$package
END
done
cat >BUILD.bazel <<'END'
load("@rules_dockerfile//rules:defs.bzl", "image_group")
image_group(name = "all", images = ["//app:image", "//web:image"])
image_group(name = "nested", pushes = [":all.push", "//app:push"])
package(default_visibility = ["//visibility:public"])
platform(name = "amd64", constraint_values = ["@platforms//os:linux", "@platforms//cpu:x86_64"])
platform(name = "arm64", constraint_values = ["@platforms//os:linux", "@platforms//cpu:aarch64"])
END
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", srcs = ["big"], visibility = ["//visibility:public"])
END
cat >web/BUILD.bazel <<END
load("@dockerfiles//web:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    srcs = ["Dockerfile"],
    attestation_format = "index",
    attestations = ["provenance"],
    bases = {"base": "//base:image"},
    build_args = {"ANY": "thing", "HTTPS_PROXY": "http://user:password@proxy"},
    platforms = ["//:amd64", "//:arm64"],
    repository = "$address/group/web:latest",
    visibility = ["//visibility:public"],
)
END
cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_push")
dockerfile_image(
    name = "image",
    srcs = ["Dockerfile"],
    annotations = {"org.example.commit": "{STABLE_GIT_COMMIT}"},
    bases = {"base": "//base:image"},
    labels = {"commit": "{STABLE_GIT_COMMIT}", "plain": "{not a key}"},
    repository = "$address/group/app:latest",
    visibility = ["//visibility:public"],
)
genrule(name = "tags", outs = ["tags.txt"], cmd = "printf 'from-file\\\\nv-{BUILD_EMBED_LABEL}\\\\n' > \$@")
image_push(
    name = "push",
    image = ":image",
    remote_tags = ["{STABLE_GIT_COMMIT}"],
    repositories = ["$address/a/one", "$address/b/two:own"],
    tags_file = "tags.txt",
    visibility = ["//visibility:public"],
)
image_push(name = "attested", image = ":image", attestations = ["provenance"], repositories = ["$address/attested/app:v1"], stamp = 0)
image_push(name = "plain", image = ":image", repositories = ["$address/a/one:plain"], stamp = 0)
image_push(name = "always", image = ":image", remote_tags = ["{STABLE_GIT_COMMIT}"], repositories = ["$address/a/one"], stamp = 1)
END
cat >status.sh <<'END'
#!/bin/sh
echo "STABLE_GIT_COMMIT $(cat "$(dirname "$0")/commit")"
END
chmod +x status.sh
echo 1a2b >commit
stamp=(--stamp --embed_label=7 "--workspace_status_command=$PWD/status.sh")

# --- without a stamp
nested_bazel clean >/dev/null 2>&1 # of what other tests have built
build //app:image //app:image.push //app:push || {
  cat build.log
  exit 1
}
expect_equal "a push does not need a layout" "$([[ -e bazel-bin/app/image/layout ]] && echo built)" ""
unstamped=$(cat bazel-bin/app/image/manifest.digest)
if run //app:push >"$private/out" 2>"$private/err"; then
  echo "FAILED: a tag without its stamp is pushed" >&2
  exit 1
fi
expect_equal "a tag without its stamp is refused" "$(sed -n '/^image_push: /,$p' "$private/err")" \
  'image_push: "{STABLE_GIT_COMMIT}" requires stamping
hint: use bazel run --stamp, or set stamp = 1'
expect_equal "no request is sent before" "$(requests HEAD)" 0

if run //base:image.push >"$private/out" 2>"$private/err"; then
  echo "FAILED: an image without a repository is pushed" >&2
  exit 1
fi
expect_equal "an image without a repository is not pushed" "$(sed -n '/^image_push: /,$p' "$private/err")" \
  'image_push: flag --repository is required
hint: pass --repository=REGISTRY/REPOSITORY:TAG, or set the attribute `repository` of the image'

# --- a dry run
run //app:plain --dry_run >"$private/out"
expect_equal "a dry run prints what it would do" "$(grep -c ' would be sent$' "$private/out") $(tail -n 2 "$private/out")" \
  "4 Would push $address/a/one@$unstamped
  as plain"
expect_equal "a dry run changes nothing" "$(requests POST) $(requests PUT) $(requests PATCH)" "0 0 0"

# --- a first and a second push
run //app:plain >"$private/out"
expect_equal "the digest is that of the build" "$(digest_of a/one plain)" "$unstamped"
run //app:plain >"$private/out"
expect_equal "a second push uploads nothing" "$(grep -o '^0 bytes sent, 0 mounted' "$private/out")" "0 bytes sent, 0 mounted"

# --- stamped: config and manifest are written again, layers are not
bazel_flags=("${stamp[@]}")
expect_equal "a stamp builds no layer" "$(actions_of_build "${stamp[@]}" //app:image)" "DockerfileStamp 1"
stamped=$(cat bazel-bin/app/image/manifest.digest)
expect_equal "the label has the stamp" "$(grep -o '"commit": "[^"]*"' bazel-bin/app/image/config.json) $(grep -o '"plain": "[^"]*"' bazel-bin/app/image/config.json)" \
  '"commit": "1a2b" "plain": "{not a key}"'
expect_equal "the annotation has the stamp" "$(grep -o '"org.example.commit": "[^"]*"' bazel-bin/app/image/manifest.json)" '"org.example.commit": "1a2b"'
run //app:push >"$private/out"
for at in a/one:1a2b a/one:from-file a/one:v-7 b/two:1a2b b/two:own; do
  expect_equal "$at is pushed" "$(digest_of "${at%:*}" "${at#*:}")" "$stamped"
done
expect_equal "only the config is uploaded" "$(sed -n 's/ bytes sent, .*//p' "$private/out")" "$(stat -Lc %s bazel-bin/app/image/config.json)"
bazel_flags=("--workspace_status_command=$PWD/status.sh")
echo 3c4d >commit
run //app:always >"$private/out"
expect_equal "stamp = 1 needs no flag" "$(digest_of a/one 3c4d)" "$unstamped"
bazel_flags=()

# --- a group: shared blobs once, indexes too
before=$(requests 'PUT /v2/group/[a-z]*/blobs')
run //:all.push --jobs=2 >"$private/out"
build //web:image
expect_equal "a group pushes the image" "$(digest_of group/app latest)" "$unstamped"
expect_equal "a group pushes the manifests of the index" "$(curl -fsS "http://$address/v2/group/web/manifests/latest" -H "Accept: $index_type" | jq -r '.manifests[:2][].digest')" \
  "$(jq -r '.manifests[].digest' bazel-bin/web/image/index.json)"
# base, copy-app and Dockerfile of app; copy-web and Dockerfile of web, the same
# for both platforms; three configs; config and provenance of two attestations.
expect_equal "a blob of two images is uploaded once" "$(($(requests 'PUT /v2/group/[a-z]*/blobs') - before))" 12
expect_equal "and mounted for the other" "$(grep -c ' mounted: ' "$private/out")" 1
bazel_flags=("${stamp[@]}")
run //:nested.push >"$private/out"
expect_equal "a group contains groups and pushes" "$(grep -c '^Pushed ' "$private/out")" 4
bazel_flags=()

# --- a push from a remote cache downloads no layer that the registry has
cached=("--disk_cache=$private/cache")
nested_bazel clean >/dev/null 2>&1
build "${cached[@]}" //app:image
minimal=("${cached[@]}" --remote_download_minimal --@rules_dockerfile//rules/settings:push_layers=outputs)
nested_bazel clean >/dev/null 2>&1
bazel_flags=("${minimal[@]}")
run //app:plain >"$private/out"
expect_equal "its push finds all layers in the registry" "$(grep -o '^0 bytes sent, 0 mounted' "$private/out")" "0 bytes sent, 0 mounted"
layers_here() { find -L bazel-bin/app -name '*.layer.blob' | wc -l; }
expect_equal "and none on the host" "$(layers_here)" 0
if run //app:plain "--repository=$address/fresh/one:v1" >"$private/out" 2>"$private/err"; then
  echo "FAILED: layers that are nowhere are pushed" >&2
  exit 1
fi
expect_equal "layers that the registry lacks have a hint" "$(grep -o '^hint: .*' "$private/err")" \
  "hint: 3 layers are not on this host: run bazel build --output_groups=blobs --remote_download_outputs=toplevel IMAGE, then push again"
build "${minimal[@]}" --output_groups=blobs --remote_download_outputs=toplevel //app:image
expect_equal "a build of the blobs downloads them" "$(layers_here)" 2
run //app:plain "--repository=$address/fresh/one:v1" >"$private/out"
expect_equal "and a push then uploads them" "$(digest_of fresh/one v1)" "$unstamped"
run //app:plain "--repository=$address/fresh/two:v1" "--repository=$address/fresh/three:v2" >"$private/out"
expect_equal "--repository twice means both" "$(digest_of fresh/two v1) $(digest_of fresh/three v2)" "$unstamped $unstamped"
bazel_flags=()

# --- provenance as a referrer: this registry has no list of them
inspect=$RUNFILES/tools/image_inspect/image_inspect
get() { # REPOSITORY REFERENCE TYPE
  curl -fsS -H "Accept: $3" "http://$address/v2/$1/manifests/$2"
}
build --output_groups=provenance //app:image
statement=$private/provenance.json
cp bazel-bin/app/image/provenance.json "$statement"
expect_equal "the provenance is of the image" "$(jq -r '.subject[] | .name + " " + .digest.sha256' "$statement")" \
  "pkg:docker/app/image@latest?platform=linux%2Famd64 ${unstamped#sha256:}"
build //base:image
expect_equal "it has the base and the context" "$(jq -r '.predicate.buildDefinition.resolvedDependencies[] | .name + " " + (.digest | to_entries[] | .key + " " + .value)' "$statement")" \
  "base sha256 $(sed 's/sha256://' bazel-bin/base/image/manifest.digest)
context dirHash1 $(cd app && sha256sum Dockerfile | sha256sum | cut -d' ' -f1)"
expect_equal "and the Dockerfile" "$(jq -c '.predicate.buildDefinition.externalParameters.dockerfile | [.path, .digest.sha256]' "$statement")" \
  "[\"app/Dockerfile\",\"$(sha256sum <app/Dockerfile | cut -d' ' -f1)\"]"
run //app:attested >"$private/out"
expect_equal "attached provenance changes no image" "$(digest_of attested/app v1)" "$unstamped"
fallback=sha256-${unstamped#sha256:}
get attested/app "$fallback" "$index_type" >"$private/referrers"
expect_equal "the tag of the referrers lists it" "$(jq -r '.manifests[] | .artifactType + " " + .annotations["in-toto.io/predicate-type"]' "$private/referrers")" \
  "application/vnd.in-toto+json https://slsa.dev/provenance/v1"
referrer=$(jq -r '.manifests[0].digest' "$private/referrers")
get attested/app "$referrer" "$manifest_type" >"$private/referrer"
expect_equal "its subject is the image" "$(jq -r .subject.digest "$private/referrer")" "$unstamped"
curl -fsS "http://$address/v2/attested/app/blobs/$(jq -r '.layers[0].digest' "$private/referrer")" | cmp - "$statement"
echo "ok: its blob is the provenance"
run //app:attested >"$private/out"
expect_equal "a second push changes nothing" "$(get attested/app "$fallback" "$index_type" | sha256sum)" "$(sha256sum <"$private/referrers")"

# Another client attaches something else.
echo '{"spdxVersion": "SPDX-2.3"}' >"$private/spdx.json"
build --output_groups=blobs,descriptor //app:image
assemble=("$RUNFILES/tools/layout_assemble/layout_assemble" --manifest=bazel-bin/app/image/manifest.json
  --config=bazel-bin/app/image/config.json --attestation=0:sbom_spdx:"$private/spdx.json")
for descriptor in bazel-bin/base/image/*.descriptor.json bazel-bin/app/image.unstamped/*.descriptor.json; do
  if [[ ! -e ${descriptor%.descriptor.json}.layer.blob ]]; then continue; fi
  assemble+=(--descriptor="$descriptor" --blob="${descriptor%.descriptor.json}.layer.blob")
done
"${assemble[@]}" --layout_out="$private/spdx"
"$RUNFILES/tools/image_push/image_push" --layout="$private/spdx" --repository="$address/attested/app:v2" >"$private/out"
expect_equal "another client adds a referrer" "$(get attested/app "$fallback" "$index_type" | jq -r '.manifests[].annotations["in-toto.io/predicate-type"]')" \
  "https://slsa.dev/provenance/v1
https://spdx.dev/Document"
expect_equal "image_inspect lists both" "$("$inspect" --referrers --reference="$address/attested/app:v1" | awk '{print $NF}')" \
  "$unstamped
https://slsa.dev/provenance/v1
https://spdx.dev/Document"

build --output_groups=oci_layout //app:attested
expect_equal "a layout has the same referrer" "$("$inspect" --referrers --layout=bazel-bin/app/attested.oci_layout | sed -n 's/^  \([^ ]*\) .*/\1/p')" "$referrer"
nested_bazel clean >/dev/null 2>&1
build --output_groups=provenance //app:image
cmp bazel-bin/app/image/provenance.json "$statement"
echo "ok: the provenance of another build is the same"

# --- provenance in the index, as BuildKit has it
build --output_groups=provenance //web:image
expect_equal "build arguments are in the provenance, proxies are not" \
  "$(find -L bazel-out -path '*/bin/web/image.image/provenance.json' -exec jq -c .predicate.buildDefinition.externalParameters.buildArgs {} +)" \
  '{"ANY":"thing"}
{"ANY":"thing"}'
get group/web latest "$index_type" >"$private/index"
expect_equal "an index lists an attestation manifest for each image" \
  "$(jq -c '.manifests[] | [.platform.os, .platform.architecture, .annotations["vnd.docker.reference.type"]]' "$private/index")" \
  '["linux","amd64",null]
["linux","arm64",null]
["unknown","unknown","attestation-manifest"]
["unknown","unknown","attestation-manifest"]'
expect_equal "about that image" "$(jq -r '.manifests[2:][].annotations["vnd.docker.reference.digest"]' "$private/index")" \
  "$(jq -r '.manifests[:2][].digest' "$private/index")"
expect_equal "with the provenance" "$(get group/web "$(jq -r '.manifests[2].digest' "$private/index")" "$manifest_type" | jq -r '.layers[] | .mediaType + " " + .annotations["in-toto.io/predicate-type"]')" \
  "application/vnd.in-toto+json https://slsa.dev/provenance/v1"
expect_equal "image_inspect lists them, too" "$("$inspect" --referrers --reference="$address/group/web" | grep -c '^  sha256:[0-9a-f]* [0-9]* attestation-manifest https://slsa.dev/provenance/v1$')" 2

# --- other programs find the pushed images
build //web:image
"$RUNFILES/tools/image_pull/image_pull" --reference="$address/group/web:latest" --layout_out="$private/pulled" >/dev/null
echo "ok: image_pull pulls the index"
if command -v skopeo >/dev/null; then
  expect_equal "skopeo sees the same digest" \
    "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$address/a/one:plain")" "$unstamped"
  skopeo copy --insecure-policy --src-tls-verify=false --all "docker://$address/group/web:latest" "oci:$private/oci:web" >/dev/null
  expect_equal "skopeo copies the index" "$(grep -o 'sha256:[0-9a-f]*' "$private/oci/index.json")" "$(digest_of group/web latest)"
  expect_equal "skopeo reads the list of referrers" \
    "$(skopeo inspect --tls-verify=false --raw "docker://$address/attested/app:$fallback" | jq -r '.manifests[0].digest')" "$referrer"
else
  echo "skipped: no skopeo"
fi
buildx=/usr/libexec/docker/cli-plugins/docker-buildx
if [[ -x $buildx ]]; then
  expect_equal "buildx reads the provenance of each platform" \
    "$("$buildx" imagetools inspect --format '{{json .Provenance}}' "$address/group/web:latest" |
      jq -r 'to_entries[] | .key + " " + .value.SLSA.buildDefinition.buildType')" \
    "linux/amd64 pkg:bazel/rules_dockerfile#docs/supply_chain.md
linux/arm64 pkg:bazel/rules_dockerfile#docs/supply_chain.md"
else
  echo "skipped: no docker-buildx"
fi
