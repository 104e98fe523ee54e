#!/usr/bin/env bash
# RUN --mount: files of the context, of stages, of named contexts; secrets.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir -p app/src app/more
echo context >app/src/a
echo unseen >app/src/b
echo named >app/more/a
echo secret >app/token
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

filegroup(name = "more", srcs = glob(["more/**"]))

dockerfile_image(
    name = "image",
    srcs = glob(["src/**"]),
    context_paths = {"//prebuilt:box": "bin/sh"},
    named_contexts = {"extra": ":more"},
    secrets = {"token": "token"},
)
END
cat >app/Dockerfile <<'END'
FROM scratch AS tools
COPY bin/sh /bin/sh
RUN mkdir /out && echo stage > /out/a
FROM scratch
COPY --from=tools /bin/sh /bin/sh
RUN --mount=source=src/a,target=/a cat /a > /context
RUN --mount=from=tools,source=/out,target=/m cat /m/a > /stage
RUN --mount=from=extra,source=more,target=/m cat /m/a > /named
RUN --mount=type=secret,id=token,target=/token cat /token > /secret
RUN --mount=type=cache,target=/cache echo x > /cache/x
WORKDIR /w
RUN --mount=from=extra,source=more,target=. cat a > /relative
COPY --from=extra more/a /copied
END

# Prints file $1 of the image.
file_of_image() {
  local layer
  for layer in $(nested_bazel cquery --output=files --output_groups=layers //app:image 2>/dev/null); do
    tar -xOf "$layer" "$1" 2>/dev/null || true
  done
}

build //app:image --output_groups=layers,default || {
  cat build.log
  exit 1
}
expect_equal "a mount of the context" "$(file_of_image context)" "context"
expect_equal "a mount of a stage" "$(file_of_image stage)" "stage"
expect_equal "a mount of a named context" "$(file_of_image named)" "named"
expect_equal "a mount on the working directory" "$(file_of_image relative)" "named"
expect_equal "a secret" "$(file_of_image secret)" "secret"
expect_equal "a COPY from a named context" "$(file_of_image copied)" "named"
expect_equal "mounted files are not in the image" "$(file_of_image a)$(file_of_image m/a)$(file_of_image token)$(file_of_image cache/x)" ""

echo changed >app/src/b
expect_equal "a file that no mount names runs nothing again" "$(actions_of_build //app:image)" ""

# Host resources are not inputs, so their changes run nothing again.
mkdir lent
echo hidden >lent/key
cat >app/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
RUN --mount=type=cache,target=/cache echo x >> /cache/x && cat /cache/x > /cached
RUN --mount=type=secret,id=key,target=/key cat /key > /hidden
RUN echo y > /y
END
settings=@rules_dockerfile//rules/settings
caches=$(mktemp -d /dev/shm/caches.XXXXXX)
trap 'rm -rf "$caches"' EXIT
lend=("--$settings:cache_mounts=$caches/mounts" "--$settings:secret_directory=$WORKSPACE/lent")
build //app:image --output_groups=layers,default "${lend[@]}" || {
  cat build.log
  exit 1
}
expect_equal "a secret from a directory" "$(file_of_image hidden)" "hidden"
expect_equal "a new cache" "$(file_of_image cached)" "x"
echo other >lent/key
expect_equal "another secret runs nothing again" "$(actions_of_build //app:image "${lend[@]}")" ""
sed -i 's/cat .cache/echo again \&\& &/' app/Dockerfile
build //app:image --output_groups=layers,default "${lend[@]}"
expect_equal "a cache of an earlier run" "$(file_of_image cached)" "$(printf 'x\nx')"

# A program that provides secrets is run only by the RUN that mounts them, and only
# when that RUN runs.
cat >lent/vault <<'END'
#!/bin/sh
case $1 in
  api) echo "value of $1" ;;
  broken) echo "hush hush"; echo "the vault is locked" >&2; exit 1 ;;
  *) exit 3 ;;
esac
END
chmod +x lent/vault
cat >app/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
RUN --mount=type=secret,id=api --mount=type=secret,id=none --mount=type=secret,id=key cat /run/secrets/api /run/secrets/key > /api
RUN echo y > /y
END
lend+=("--$settings:secret_command=$WORKSPACE/lent/vault")
build //app:image --output_groups=layers,default "${lend[@]}" || {
  cat build.log
  exit 1
}
expect_equal "a secret from a command, and one from the directory" "$(file_of_image api)" "$(printf 'value of api\nother')"
sed -i 's/value/changed value/' lent/vault
expect_equal "another value runs nothing again" "$(actions_of_build //app:image "${lend[@]}")" ""
sed -i 's/id=none/id=broken/' app/Dockerfile
if build //app:image "${lend[@]}"; then
  echo "a RUN went on without its secret"
  exit 1
fi
grep -F "secret broken: \"$WORKSPACE/lent/vault broken\" failed with exit code 1:" build.log
grep -F "the vault is locked" build.log
if grep -F "hush" build.log; then
  echo "the build shows a secret"
  exit 1
fi
