#!/usr/bin/env bash
# The commands of docs/debugging.md on a RUN that fails.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir app
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
[
    dockerfile_image(
        name = name,
        srcs = ["config.txt"],
        context_paths = {"//prebuilt:box": "sh"},
        tags = ["manual"],
        target = target,
    )
    for name, target in [("image", ""), ("debug", "deps")]
]
END
cat >app/Dockerfile <<'END'
FROM scratch AS deps
COPY sh /bin/sh
COPY config.txt /etc/app/

FROM deps
RUN mkdir /out && cat /etc/app/config.yaml
END
echo hello >app/config.txt

expect_failure "a RUN fails" \
  'layer_run: process "/bin/sh -c mkdir /out && cat /etc/app/config.yaml" did not complete successfully: exit code: 1' \
  //app:image
expect_equal "a shell in the root of the RUN" \
  "$(nested_bazel run //app:debug.run -- --network=none sh -c 'cat /etc/app/config.txt' 2>/dev/null)" "hello"

# The command of the failed action, as Bazel prints it, run by hand.
read -ra command < <(grep -m 1 -oE 'prebuilt/layer_run @[^ )]+' build.log)
by_hand() {
  (cd "$(nested_bazel info execution_root 2>/dev/null)" && "${command[@]}" --verbose "$@" \
    --layer_out="$WORKSPACE/out.tar" --index_out="$WORKSPACE/out.index" --step_out="$WORKSPACE/out.step" 2>&1)
}
expect_equal "it fails by hand, too" "$(by_hand | grep -o 'exit code: .*')" "exit code: 1"
expect_equal "and prints how the sandbox was set up" "$(by_hand | grep -c '^sandbox: .* ids (.*), ')" 1
echo 'RUN mkdir /out && cat /etc/app/config.txt > /out/copy' >edited.instruction
by_hand --instruction="$WORKSPACE/edited.instruction" >/dev/null
expect_equal "an edited instruction creates its layer" "$(tar -xOf out.tar out/copy)" "hello"

expect_equal "aquery finds the action" \
  "$(nested_bazel aquery 'mnemonic("DockerfileRun", deps(//app:image))' 2>/dev/null | grep '^action')" \
  "action 'app/Dockerfile:6: RUN mkdir /out && cat /etc/app/config.yaml'"

build //app:debug || {
  cat build.log >&2
  exit 1
}
echo changed >app/config.txt
build --explain=explain.txt --verbose_explanations //app:debug
expect_equal "--explain prints why a COPY runs again" "$(grep -F 'COPY config.txt /etc/app/'"'" explain.txt)" \
  "Executing action 'app/Dockerfile:3: COPY config.txt /etc/app/': One of the files has changed."
