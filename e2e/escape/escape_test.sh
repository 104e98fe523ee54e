#!/usr/bin/env bash
# The escape probe (lib/sandbox/testing/escape) in a RUN of a build, and in
# `bazel run :image.run`: docs/sandbox_attacks.md has the outcomes.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //link:Dockerfile
mkdir app link
cp "$RUNFILES/lib/sandbox/testing/escape/escape_probe" app/
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(name = "image", srcs = ["escape_probe"])
END
sed 's/app:/link:/; s/, srcs.*"\]//' app/BUILD.bazel >link/BUILD.bazel

# Targets outside of the sandbox: a file, a process, and a variable of the tool.
printf the-secret-of-the-host >marker
sleep infinity 9>&- &
victim=$!
trap 'kill "$victim"' EXIT
export OUTSIDE_SECRET=the-secret-of-the-host
arguments=("marker=$WORKSPACE/marker" "shm_marker=$WORKSPACE/marker"
  "pid=$victim" "socket=$WORKSPACE/nosuch" abstract=nosuch port=1
  disk_major=8 queue=/nosuch shm_key=4242)

cat >app/Dockerfile <<END
FROM scratch
COPY escape_probe /bin/escape_probe
RUN ["/bin/escape_probe"$(printf ', "%s"' "${arguments[@]}")]
END
cat >link/Dockerfile <<'END'
FROM scratch
WORKDIR /proc/self/fd/7
RUN ["/bin/sh"]
END

# The table's attempts and their outcomes, as the probe prints them.
expected=$(sed -nE 's/^\| `([a-z0-9_]+)` \| .* \| ([^|]*) \| [^|]* \|$/\1: \2/p' \
  "$RUNFILES/docs/sandbox_attacks.md" | sed 's/; .*//')
# Attempts for x86-64 are not run on other architectures.
outcomes() {
  local here=not\ on\ this\ machine line
  while read -r line; do
    if [[ $line == *": $here" ]]; then
      grep "^${line%%:*}: " <<<"$expected"
    elif [[ $line =~ ^[a-z0-9_]+:\  ]] && grep -q "^${line%%:*}: " <<<"$expected"; then
      echo "$line"
    fi
  done
}

# Prints what the probe in the RUN says, with the flags.
outcomes_of_build() {
  nested_bazel clean >/dev/null 2>&1
  build //app:image //app:image.run --action_env=OUTSIDE_SECRET "$@" || {
    cat build.log >&2
    exit 1
  }
  outcomes <build.log
}
expect_equal "a RUN in a worker does not escape" "$(outcomes_of_build)" "$expected"
expect_equal "a RUN in Bazel's sandbox does not escape" \
  "$(outcomes_of_build --spawn_strategy=linux-sandbox)" "$expected"
expect_equal "a RUN without both does not escape" \
  "$(outcomes_of_build --spawn_strategy=local)" "$expected"
expect_equal "a container does not escape" \
  "$(bazel-bin/app/image.run --network none -v "$WORKSPACE/app:/data" \
    /bin/escape_probe "${arguments[@]}" 2>&1 | outcomes)" "$expected"
expect_failure "a working directory is not a descriptor of the host" \
  'cannot enter the working directory "/proc/self/fd/7": No such file or directory' \
  //link:image
expect_equal "the file outside is unchanged" "$(cat marker)" the-secret-of-the-host
kill -0 "$victim"
