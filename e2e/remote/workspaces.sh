# shellcheck shell=bash disable=SC2034,SC2154,SC2164
# Sourced after nested.sh: the workspaces that the clients build.

# Writes examples/hello, with the path of the rules.
write_hello() {
  new_workspace
  cp "$RULES_ROOT"/examples/hello/{BUILD.bazel,Dockerfile,hello.cc,tests.yaml,world.txt,.bazelrc} .
  sed "s|\"../..\"|\"$RULES_ROOT\"|" "$RULES_ROOT/examples/hello/MODULE.bazel" >MODULE.bazel
}

# Writes examples/ping, likewise.
write_ping() {
  new_workspace
  (cd "$RULES_ROOT/examples/ping" && tar -c --exclude='./bazel-*' .) | tar -x --no-same-owner
  sed -i "s|\"../..\"|\"$RULES_ROOT\"|" MODULE.bazel
}

# Writes 20 images, //app0 to //app19, on the bases //base0 and //base1, each of
# which has a layer of 1 MB.
write_twenty() {
  local i name labels=()
  for i in {0..19}; do labels+=("//app$i:Dockerfile"); done
  new_workspace //base0:Dockerfile //base1:Dockerfile "${labels[@]}"
  for i in 0 1; do
    mkdir "base$i"
    seq "$((i + 1))" "$((i + 160000))" >"base$i/data"
    printf 'FROM scratch\nCOPY bin/sh /bin/sh\nCOPY data /data\n' >"base$i/Dockerfile"
    cat >"base$i/BUILD.bazel" <<BUILD
load("@dockerfiles//base$i:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    srcs = ["data"],
    visibility = ["//visibility:public"],
)
BUILD
  done
  for i in {0..19}; do
    name=app$i
    mkdir "$name"
    echo "source of $name" >"$name/source"
    cat >"$name/Dockerfile" <<DOCKERFILE
FROM base
COPY source /source
RUN cat /source > /made
CMD ["/bin/sh", "-c", "cat /made"]
DOCKERFILE
    cat >"$name/BUILD.bazel" <<BUILD
load("@dockerfiles//$name:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    bases = {"base": "//base$((i % 2)):image"},
    repository = "${registry:-localhost}/$name",
    srcs = ["source"],
)
BUILD
  done
}
