#!/usr/bin/env bash
# Actions in persistent workers: they give the same bytes as in Bazel's sandbox
# and without both, and end with the build.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //stuck:Dockerfile //fails:Dockerfile //same:Dockerfile
mkdir -p app/src stuck fails same
echo a >app/src/a
echo 'b ü' >'app/src/b ü'
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(
    name = "image",
    srcs = glob(["src/**"]),
    annotations = {"note": "one\n\ntwo"},
    build_args = {"TEXT": "one\n@/etc/passwd\r\n\\n \\ ü"},
    context_paths = {"//prebuilt:box": "bin/sh"},
    labels = {"given": "\n@two\\"},
    repo_tags = ["image:latest"],
)
END
cat >app/Dockerfile <<'END'
FROM scratch AS build
COPY bin/sh /bin/sh
COPY src /src
RUN mkdir /out && cat /src/a > /out/a && echo x > /z
FROM build
ARG TEXT
LABEL text=$TEXT
COPY --from=build /out /out
WORKDIR /out
USER 1234:5678
CMD ["cat a"]
END
for name in stuck fails same; do
  cat >$name/BUILD.bazel <<END
load("@dockerfiles//$name:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(name = "image", context_paths = {"//prebuilt:box": "bin/sh"})
END
done
readonly STUCK='cat /dev/zero > /dev/null && echo stuck in workers_test'
printf 'FROM scratch\nCOPY bin/sh /bin/sh\nRUN %s\n' "$STUCK" >stuck/Dockerfile
printf 'FROM scratch\nCOPY bin/sh /bin/sh\nRUN exit 3\n' >fails/Dockerfile
printf 'FROM scratch\nCOPY bin/sh /bin/sh\nRUN echo > /x\n' >same/Dockerfile

# Builds the image again with the flags; prints the digests of what is built.
digests_of() {
  nested_bazel clean >/dev/null 2>&1
  build "$@" //app:image //app:image.layout //app:image.digest || {
    cat build.log >&2
    return 1
  }
  (cd bazel-bin/app && find . -type f ! -name '*.params' -exec sha256sum {} + | sort -k 2)
}

# The strategies of the last build's actions of ours.
strategies() {
  tr -d ' ,\n' <"$STATE/execution.json" | sed 's/"commandArgs"/\n/g' |
    sed -nE 's/.*"mnemonic":"Dockerfile[A-Za-z]*".*"runner":"([^"]*)".*/\1/p' | sort -u | xargs
}

# Fails unless a build with the flags after $2 gives the same; $1 tells what is
# different, $2 is its strategy.
expect_same() {
  local what=$1 strategy=$2
  shift 2
  expect_equal "$what gives the same bytes" "$(digests_of "$@")" "$first"
  expect_equal "$what is what ran" "$(strategies)" "$strategy"
}

first=$(digests_of)
expect_equal "actions run in workers" "$(strategies)" worker
expect_equal "a value keeps its lines" \
  "$(sed -nE 's/^ *"(text|given)": //p' bazel-bin/app/image/config.json)" \
  '"\n@two\\",
"one\n@/etc/passwd\r\n\\n \\ ü"'
expect_same "a second build" worker
expect_same "a sandboxed worker" worker --worker_sandboxing
expect_same "a worker with a sandbox for each request" worker \
  --worker_sandboxing --experimental_worker_multiplex_sandboxing
expect_same "a worker for one request at a time" worker --noworker_multiplex
expect_same "Bazel's sandbox" linux-sandbox --spawn_strategy=linux-sandbox
expect_same "an action without worker and sandbox" local --spawn_strategy=local
expect_same "a build whose actions may not use workers" linux-sandbox \
  --modify_execution_info=Dockerfile.*=-supports-workers,Dockerfile.*=-supports-multiplex-workers

if (($(id -u) == 0)); then
  ids='sandbox: real ids (root with all ids mapped), overlay'
elif grep -q "^$(id -un):" /etc/subuid 2>/dev/null && command -v newuidmap >/dev/null; then
  ids='sandbox: mapped ids'
else
  ids='sandbox: emulated ids'
fi
expect_failure "a RUN in a worker has the ids that the machine has for it" "$ids" //fails:image
expect_failure "a RUN in a worker tells its exit code" \
  'did not complete successfully: exit code: 3' //fails:image
build //same:image || {
  cat build.log >&2
  exit 1
}
# By the digests that Bazel sends.
expect_failure "a worker knows the layers below a RUN from the RUN before" \
  ', overlay, kept layers: 1 of 1 found, 0 added, indexes of 1 known' //fails:image

# The processes of the stuck RUN, its tool not among them.
stuck() { pgrep -xf "/bin/sh -c $STUCK" || true; }

# Builds what is stuck with the flags, interrupts it when it runs, and waits for
# all of it to end.
interrupt() {
  build "$@" //stuck:image &
  local build=$! client
  until [[ -n $(stuck) ]]; do
    kill -0 "$build" || {
      cat build.log >&2
      exit 1
    }
  done
  client=$(pgrep -P "$build" | head -1)
  kill -INT "${client:-$build}"
  wait "$build" || true
  while [[ -n $(stuck) ]]; do :; done
}
interrupt
echo "ok: a build that is interrupted ends its RUN"
interrupt --experimental_worker_cancellation
echo "ok: a build that is interrupted cancels its RUN"
expect_equal "the next build is right" "$(digests_of)" "$first"
