#!/usr/bin/env bash
# Which actions run again after an edit: docs/architecture.md lists the same cases.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //linked:Dockerfile
mkdir -p app/src
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(
    name = "image",
    srcs = glob(["src/**", "other.txt"]),
    build_args = {"VERSION": "1"},
    context_paths = {"//prebuilt:box": "bin/sh"},
)
END
echo one >app/src/a.txt
echo two >app/src/b.txt
echo unused >app/other.txt
cat >app/Dockerfile <<'END'
FROM scratch AS build
COPY bin/sh /bin/sh
RUN echo built > /built
FROM build
WORKDIR /app
COPY src/ ./
RUN cat /app/a.txt /built > /result
ARG VERSION
LABEL version=$VERSION
CMD ["/bin/sh", "-c", "cat /result"]
END

# Otherwise the results of an earlier run of this test would be found.
nested_bazel clean >/dev/null 2>&1
actions_of_build //app:image >/dev/null
expect_equal "nothing runs when nothing changed" \
  "$(actions_of_build //app:image)" ""

sed -i '1i # a comment\n' app/Dockerfile
expect_equal "a comment runs only the validation" \
  "$(actions_of_build //app:image)" "DockerfileCheck 1"

sed -i 's/cat .result/cat \/built/' app/Dockerfile
expect_equal "a CMD edit writes the image alone" \
  "$(actions_of_build //app:image)" \
  "DockerfileCheck 1 DockerfileImage 1"

sed -i '/^COPY src/i LABEL new=1' app/Dockerfile
expect_equal "a new LABEL above RUN and COPY runs neither" \
  "$(actions_of_build //app:image)" \
  "DockerfileCheck 1 DockerfileImage 1"

sed -i 's/"VERSION": "1"/"VERSION": "2"/' app/BUILD.bazel
expect_equal "a build argument runs what follows its ARG" \
  "$(actions_of_build //app:image)" \
  "DockerfileCheck 1 DockerfileImage 1"

touch app/src/a.txt
expect_equal "a touched file runs nothing" \
  "$(actions_of_build //app:image)" ""

echo changed >app/other.txt
expect_equal "a file that no COPY names runs nothing" \
  "$(actions_of_build //app:image)" ""

echo 1 >app/src/a.txt
expect_equal "a copied file runs its COPY and the RUNs above" \
  "$(actions_of_build //app:image)" \
  "DockerfileCompress 2 DockerfileCopy 1 DockerfileImage 1 DockerfileRun 1"

sed -i 's/echo built/echo rebuilt/' app/Dockerfile
expect_equal "a RUN runs the RUNs above; the COPYs see an index that has changed" \
  "$(actions_of_build //app:image)" \
  "DockerfileCheck 1 DockerfileCompress 2 DockerfileCopy 2 DockerfileImage 2 DockerfileRun 2"

sed -i '/^WORKDIR/i ENV NAME=one' app/Dockerfile
actions_of_build //app:image >/dev/null
sed -i 's/NAME=one/NAME=two/' app/Dockerfile
expect_equal "an ENV edit runs the RUN below, and no COPY or WORKDIR that expands nothing" \
  "$(actions_of_build //app:image)" \
  "DockerfileCheck 1 DockerfileImage 1 DockerfileRun 1 DockerfileState 1"

# Above a root file system.
mkdir -p linked root/bin
cp prebuilt/box root/bin/sh
tar -C root --mtime=@0 -cf linked/rootfs.tar bin
echo one >linked/file
cat >linked/BUILD.bazel <<'END'
load("@dockerfiles//linked:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image")

base_image(name = "base", platform = "linux/amd64", rootfs = "rootfs.tar")
dockerfile_image(name = "image", srcs = ["file"], bases = {"base": ":base"})
END
cat >linked/Dockerfile <<'END'
FROM base
COPY --link file /linked/
RUN echo built > /built
COPY file /copied/
END
expect_equal "no instruction waits for a compression" \
  "$(actions_of_build --output_groups=layers //linked:image)" \
  "DockerfileBase 1 DockerfileCheck 2 DockerfileCopy 2 DockerfileRun 1 DockerfileState 1"
expect_equal "the image needs the compression of its base, too" \
  "$(actions_of_build //linked:image)" \
  "DockerfileCompress 4 DockerfileImage 1"

echo two >root/file
tar -C root --mtime=@0 -cf linked/rootfs.tar bin file
expect_equal "another base runs the RUNs and the COPYs without --link" \
  "$(actions_of_build //linked:image)" \
  "DockerfileBase 1 DockerfileCheck 1 DockerfileCompress 1 DockerfileCopy 1 DockerfileImage 1 DockerfileRun 1 DockerfileState 1"
