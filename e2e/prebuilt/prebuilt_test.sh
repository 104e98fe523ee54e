#!/usr/bin/env bash
# Prebuilt tools, from a server, as a release has them: no C++ is compiled.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir app served
host=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
ln -s "$RUNFILES/tools/release/tools.tar" "served/tools-linux_$host.tar"
sha256=$(sha256sum <"served/tools-linux_$host.tar" | cut -d' ' -f1)
"$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >requests 2>&1 9>&- &
server=$!
trap 'kill $server' EXIT
while [[ ! -e port ]]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port)/tools-{platform}.tar"

# No other test's tools, nor what an earlier run has fetched.
BUILD_FLAGS=(--repository_cache=)

cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", srcs = ["once"], context_paths = {"//prebuilt:box": "box"})
END
# What an earlier run has built has other bytes.
echo "$EPOCHREALTIME" >app/once
cat >app/Dockerfile <<'END'
FROM scratch
COPY box once /
RUN ["/box", "-c", "echo made > file"]
CMD ["/box", "-c", "cat file"]
END

# Changes what MODULE.bazel says of prebuilt tools to the arguments of the tag.
cp MODULE.bazel MODULE.without
prebuilt() {
  {
    cat MODULE.without
    echo 'dockerfile_tools = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfile_tools")'
    echo "dockerfile_tools.prebuilt($1)"
  } >MODULE.bazel
}
# The programs of the project that the build compiles.
compiled() {
  nested_bazel cquery "$@" 'kind(cc_binary, deps(//app:image))' 2>/dev/null |
    sed -n 's,.*//tools/\(layer_[a-z]*\):.*,\1,p' | sort -u | xargs
}
# Builds the image with the flags that are given and prints its digest.
digest() {
  build "$@" //app:image.digest || {
    cat build.log >&2
    return 1
  }
  cat bazel-bin/app/image/manifest.digest
}
readonly FROM_SOURCE="layer_compress layer_copy layer_diff layer_import layer_record layer_run"

# --- what is wrong is named
prebuilt "urls = [\"$url\"], sha256 = {\"linux/mips\": \"$sha256\"}"
expect_failure "an unknown platform" \
  'Error in fail: dockerfile_tools.prebuilt: sha256: expected platforms of linux/amd64, linux/arm64, linux/ppc64le, linux/riscv64, linux/s390x, got "linux/mips"' //app:image
prebuilt "urls = [\"$url\"], sha256 = {\"linux/$host\": \"\"}"
expect_failure "a missing digest" \
  "Error in fail: dockerfile_tools.prebuilt: sha256: linux/$host: expected 64 hexadecimal digits, got \"\"" //app:image
prebuilt "urls = [\"${url/-\{platform\}/}\"], sha256 = {\"linux/$host\": \"$sha256\"}"
expect_failure "a URL for one platform" \
  "Error in fail: dockerfile_tools.prebuilt: urls: expected {platform} in each, got \"${url/-\{platform\}/}\"" //app:image
prebuilt "urls = [\"ftp://host/{platform}\"], sha256 = {\"linux/$host\": \"$sha256\"}"
expect_failure "a URL that Bazel does not fetch" \
  'Error in fail: dockerfile_tools.prebuilt: urls: expected https://HOST/PATH or file:///PATH, got "ftp://host/{platform}"' //app:image
prebuilt "sha256 = {\"linux/$host\": \"$sha256\"}"
expect_failure "no URL" "Error in fail: dockerfile_tools.prebuilt: urls: expected at least one, got none" //app:image
prebuilt "urls = [\"$url\"]), dockerfile_tools.prebuilt("
expect_failure "two tags" "Error in fail: dockerfile_tools.prebuilt: expected one, got 2" //app:image
wrong=$(printf '0%.0s' {1..64})
prebuilt "urls = [\"$url\"], sha256 = {\"linux/$host\": \"$wrong\"}"
expect_failure "an archive with other bytes" "Checksum was $sha256 but wanted $wrong" //app:image

# --- what is built from source
expect_equal "requests until now" "$(cat requests)" "/tools-linux_$host.tar"
prebuilt "urls = [\"$url\"], sha256 = {\"linux/s390x\": \"$sha256\"}"
expect_equal "tools for another platform" "$(compiled)" "$FROM_SOURCE"
prebuilt ""
expect_equal "no prebuilt tools" "$(compiled)" "$FROM_SOURCE"
prebuilt "urls = [\"$url\"], sha256 = {\"linux/$host\": \"$sha256\"}"
expect_equal "tools from source, by choice" "$(compiled --@rules_dockerfile//rules/toolchain:source)" "$FROM_SOURCE"
expect_equal "requests until now" "$(cat requests)" "/tools-linux_$host.tar"

# --- the first image
expect_equal "prebuilt tools" "$(compiled)" ""
expect_equal "actions" "$(actions_of_build //app:image //app:image.layout | grep -oE 'Dockerfile(Copy|Run) [0-9]+' | xargs)" \
  "DockerfileCopy 1 DockerfileRun 1"
expect_equal "compilations" "$(grep -c '"mnemonic": "Cpp' "$STATE/execution.json")" 0
expect_equal "requests" "$(sort requests | uniq -c | xargs)" "2 /tools-linux_$host.tar"
expect_equal "a container" "$(nested_bazel run //app:image.run 2>run.log || cat run.log)" made
image=$(digest)
[[ $image == sha256:* ]]

# --- each platform that executes actions has its own
cat >>app/BUILD.bazel <<'END'
[
    platform(name = name, constraint_values = ["@platforms//os:linux", "@platforms//cpu:" + cpu])
    for name, cpu in [("amd64", "x86_64"), ("arm64", "aarch64")]
]
END
foreign=arm64
if [[ $host == arm64 ]]; then foreign=amd64; fi
# To choose a toolchain, its programs need not run.
ln -s "tools-linux_$host.tar" "served/tools-linux_$foreign.tar"
prebuilt "urls = [\"$url\"], sha256 = {\"linux/amd64\": \"$sha256\", \"linux/arm64\": \"$sha256\"}"
# The platforms whose tools the actions of the image run.
chosen() {
  nested_bazel cquery "$@" 'deps(//app:image)' 2>/dev/null |
    sed -n 's,.*dockerfile_tools_\(linux_[a-z0-9]*\)//:tools .*,\1,p' | sort -u | xargs
}
expect_equal "the tools of the host" "$(chosen)" "linux_$host"
expect_equal "requests for another platform" "$(grep -c "linux_$foreign" requests)" 0
expect_equal "the tools for amd64" "$(chosen --extra_execution_platforms=//app:amd64)" linux_amd64
expect_equal "the tools for arm64" "$(chosen --extra_execution_platforms=//app:arm64)" linux_arm64
expect_equal "requests for another platform" "$(grep -c "linux_$foreign" requests)" 1

# --- with WORKSPACE
cat >WORKSPACE <<END
workspace(name = "e2e")

local_repository(
    name = "rules_dockerfile",
    path = "$RULES_ROOT",
)

load("@rules_dockerfile//rules:repositories.bzl", "dockerfiles_repo", "rules_dockerfile_toolchains")

rules_dockerfile_toolchains(
    prebuilt_sha256 = {"linux/$host": "$sha256"},
    prebuilt_urls = ["$url"],
)

dockerfiles_repo(
    name = "dockerfiles",
    dockerfiles = {"//app:Dockerfile": "."},
)
END
echo 'common:workspace --noenable_bzlmod --enable_workspace' >>.bazelrc
expect_equal "prebuilt tools, with WORKSPACE" "$(compiled --config=workspace)" ""
expect_equal "the image, with WORKSPACE" \
  "$(digest --config=workspace)" "$image"
expect_equal "tools from source, by choice, with WORKSPACE" \
  "$(compiled --config=workspace --@rules_dockerfile//rules/toolchain:source)" "$FROM_SOURCE"
