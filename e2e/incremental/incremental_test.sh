#!/usr/bin/env bash
# Which actions run again after an edit: docs/architecture.md lists the same cases.
# `image.explain` says why.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //linked:Dockerfile //why:Dockerfile
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

# Why, with the lines of docs/debugging.md. Debian's Bazel cannot write the compact
# form.
sed -n '/^# .bazelrc$/,/^```$/p' "$RULES_ROOT/docs/debugging.md" | sed '1d;$d; s/_compact_/_binary_/' >>.bazelrc
# Bazel replaces what it writes a log to, even a device.
if grep -E '=/' .bazelrc; then exit 1; fi
expect_equal "docs/debugging.md says how to write a log" "$(tail -n 2 .bazelrc | cut -d= -f1)" \
  "$(printf '%s\n' 'build --execution_log_binary_file' 'run --execution_log_binary_file')"
mkdir -p why/src
cat >why/BUILD.bazel <<'END'
load("@dockerfiles//why:Dockerfile.bzl", "dockerfile_image")

genrule(name = "text", outs = ["text.txt"], cmd = "echo one > $@")

dockerfile_image(
    name = "image",
    srcs = glob(["src/**"]) + ["text.txt"],
    build_args = {"VERSION": "1"},
    context_paths = {"//prebuilt:box": "bin/sh"},
)
END
echo one >why/src/a.txt
cat >why/Dockerfile <<'END'
FROM scratch AS tools
COPY bin/sh /bin/sh
RUN echo built > /built

FROM tools
ARG VERSION
ENV MODE=debug
COPY src/ text.txt /app/
RUN cat /app/a.txt > /result
LABEL version=$VERSION
CMD ["/bin/sh"]
END

# Builds, and prints why what ran.
explain() {
  nested_bazel build //why:image >build.log 2>&1 || {
    cat build.log >&2
    return 1
  }
  why
}
why() {
  nested_bazel run //why:image.explain -- --state=explain.json "$@" 2>run.log || cat run.log
}
digest() { echo "$1" | sha256sum | cut -c1-12; }

expect_equal "the first build" "$(explain)" \
  '//why:image: 4 of 4 instructions ran

why/Dockerfile:2 COPY bin/sh /bin/sh
  ran: first time
why/Dockerfile:3 RUN echo built > /built
  ran: first time
config of //why:image.stage.tools
  ran: first time
why/Dockerfile:8 COPY src/ text.txt /app/
  ran: first time
why/Dockerfile:9 RUN cat /app/a.txt > /result
  ran: first time
config of //why:image
  ran: first time

hint: no earlier build is known; run this after the next build, too'
mv bazel-execution.log first.log

echo two >why/src/a.txt
changed="why/src/a.txt changed (sha256 $(digest one) → $(digest two))"
file_changed="//why:image: 2 of 4 instructions ran

why/Dockerfile:2 COPY bin/sh /bin/sh
  cached
why/Dockerfile:3 RUN echo built > /built
  cached
why/Dockerfile:8 COPY src/ text.txt /app/
  ran: $changed
why/Dockerfile:9 RUN cat /app/a.txt > /result
  ran: because of why/Dockerfile:8 COPY src/ text.txt /app/:
      $changed
config of //why:image
  ran: because of why/Dockerfile:8 COPY src/ text.txt /app/:
      $changed"
expect_equal "a file that a COPY reads" "$(explain)" "$file_changed"
expect_equal "the same log again" "$(why)" "$file_changed"
expect_equal "two logs" "$(why --before=first.log --after=bazel-execution.log)" "$file_changed"

sed -i 's/echo built/echo rebuilt/' why/Dockerfile
sed -i 's/echo one/echo two/' why/BUILD.bazel
run_changed='because of why/Dockerfile:3 RUN echo rebuilt > /built:
      the instruction changed: it was RUN echo built > /built'
changed="why/text.txt, which //why:text built, changed (sha256 $(digest one) → $(digest two))"
expect_equal "the text of a RUN, and a generated file" "$(explain)" \
  "//why:image: 3 of 4 instructions ran

why/Dockerfile:2 COPY bin/sh /bin/sh
  cached
why/Dockerfile:3 RUN echo rebuilt > /built
  ran: the instruction changed: it was RUN echo built > /built
config of //why:image.stage.tools
  ran: $run_changed
why/Dockerfile:8 COPY src/ text.txt /app/
  ran: $changed
    $run_changed
why/Dockerfile:9 RUN cat /app/a.txt > /result
  ran: $run_changed
    because of why/Dockerfile:8 COPY src/ text.txt /app/:
      $changed
    its layer is the same as before
config of //why:image
  ran: $run_changed
    because of why/Dockerfile:8 COPY src/ text.txt /app/:
      $changed"

sed -i 's/MODE=debug/MODE=release/' why/Dockerfile
sed -i 's/"VERSION": "1"/"VERSION": "2"/' why/BUILD.bazel
cached='why/Dockerfile:2 COPY bin/sh /bin/sh
  cached
why/Dockerfile:3 RUN echo rebuilt > /built
  cached
why/Dockerfile:8 COPY src/ text.txt /app/
  cached'
expect_equal "an ENV and the value of an ARG" "$(explain)" \
  "//why:image: 1 of 4 instructions ran

$cached
why/Dockerfile:9 RUN cat /app/a.txt > /result
  ran: why/Dockerfile:7 ENV MODE=release changed: it was ENV MODE=debug
    build argument VERSION changed (1 → 2)
    its layer is the same as before
config of //why:image
  ran: why/Dockerfile:7 ENV MODE=release changed: it was ENV MODE=debug
    build argument VERSION changed (1 → 2)"

sed -i 's/^RUN cat.*/RUN exit 3/' why/Dockerfile
if explain 2>/dev/null; then exit 1; fi
expect_equal "a RUN that fails" "$(why)" \
  "//why:image: 1 of 4 instructions ran

$cached
why/Dockerfile:9 RUN exit 3
  failed with exit code 1: the instruction changed: it was RUN cat /app/a.txt > /result"
