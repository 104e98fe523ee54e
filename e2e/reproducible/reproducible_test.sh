#!/usr/bin/env bash
# Same inputs, same bytes: the digest of an image is the same in another
# compilation mode, at another path, and built a second time.
source e2e/support/nested/nested.sh

# Creates a workspace whose image is in package $1.
given() {
  new_workspace "//$1:Dockerfile"
  mkdir -p "$1/src"
  echo a >"$1/src/a"
  echo b >"$1/src/b"
  cat >"$1/Dockerfile" <<'END'
FROM scratch AS build
COPY bin/sh /bin/sh
COPY src /src
RUN mkdir /out && cat /src/a /src/b > /out/ab && echo x > /z
FROM build
COPY --from=build /out /out
WORKDIR /out
CMD ["cat ab"]
END
  cat >"$1/BUILD.bazel" <<END
load("@dockerfiles//$1:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "${2:-image}",
    srcs = glob(["src/**"]),
    context_paths = {"//prebuilt:box": "bin/sh"},
    repo_tags = ["image:latest"],
)
END
}

# Prints the digest of image $1, built with the other arguments as flags.
digest_of() {
  local image=$1
  shift
  build "$@" "$image" "$image.digest" || {
    cat build.log >&2
    return 1
  }
  cat "$(nested_bazel cquery "$@" --output=files "$image.digest" 2>/dev/null)"
}

given app
first=$(digest_of //app:image)
[[ $first == sha256:* ]]
nested_bazel clean >/dev/null 2>&1
expect_equal "a second build has the same bytes" "$(digest_of //app:image)" "$first"
expect_equal "so does another compilation mode" "$(digest_of //app:image -c opt)" "$first"
expect_equal "so does another number of jobs" "$(digest_of //app:image -c dbg --jobs=1)" "$first"
expect_equal "so does building without sandbox" "$(digest_of //app:image -c opt --copt=-g --spawn_strategy=local)" "$first"
given elsewhere/deeper other
expect_equal "so does another path and name" "$(digest_of //elsewhere/deeper:other)" "$first"
