#!/usr/bin/env bash
# After an edit of the last layer of an image, a load sends no other layer to
# Docker, podman and containerd; but it sends all where the daemon loses one
# meanwhile. Counts the bytes that arrive. Starts separate daemons on separate
# sockets; a program that is not installed is skipped. As root:
#
#   apt-get install containerd docker.io podman python3
#   tools/bazel test //e2e/docker:edited_load_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

if ((EUID != 0)); then
  echo "skipped: the daemons need root"
  exit 0
fi
has python3 || exit 0

new_workspace //:Dockerfile
head -c 3000000 /dev/urandom >big
cat >Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
COPY big /big
COPY small /small
CMD ["/bin/sh", "-c", "cat /small"]
END
cat >BUILD.bazel <<'END'
load("@dockerfiles//:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    srcs = ["big", "small"],
    repo_tags = ["rules-dockerfile.test/edited:v1", "rules-dockerfile.test/again:v2"],
)
END
readonly name=rules-dockerfile.test/edited:v1
readonly again=rules-dockerfile.test/again:v2

# Passes on what a client sends to a daemon, and counts it. When the first load
# begins after the file of commands was written, it runs and removes that.
cat >"$private/proxy.py" <<'END'
import os, socket, subprocess, sys, threading

listen, daemon, count, commands = sys.argv[1:]
lock = threading.Lock()
total = 0

def add(n):
    global total
    with lock:
        total += n
        with open(count + ".new", "w") as f:
            f.write(str(total))
        os.rename(count + ".new", count)

def copy(source, target, is_client):
    while True:
        data = source.recv(1 << 16)
        if not data:
            break
        if is_client:
            if data.startswith(b"POST /images/load") and os.path.exists(commands):
                subprocess.run(["sh", "-e", commands], check=True)
                os.remove(commands)
            add(len(data))
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)

server = socket.socket(socket.AF_UNIX)
server.bind(listen)
server.listen()
while True:
    client = server.accept()[0]
    to = socket.socket(socket.AF_UNIX)
    to.connect(daemon)
    for arguments in (client, to, True), (to, client, False):
        threading.Thread(target=copy, args=arguments, daemon=True).start()
END

start_proxy() { # NAME: between $private/NAME.proxy and $private/NAME.sock
  count=$private/$1.count
  commands=$private/$1.commands
  echo 0 >"$count"
  python3 "$private/proxy.py" "$private/$1.proxy" "$private/$1.sock" "$count" "$commands" \
    >"$private/$1.proxy.log" 2>&1 9>&- &
  pids+=($!)
  wait_for test -S "$private/$1.proxy"
}
edit() {
  head -c 40 /dev/urandom | od -An -tx1 | tr -d ' \n' >small
}
load() { # [FLAG...]: sets $out, and $sent, the bytes that arrived
  local before
  before=$(cat "$count")
  out=$(nested_bazel run //:image.load -- "$@" 2>"$private/load.err") || {
    cat "$private/load.err" >&2
    exit 1
  }
  sent=$(($(cat "$count") - before))
}
id() { echo "sha256:$(sha256sum <bazel-bin/image/config.json | cut -d' ' -f1)"; }
expect_edit_sent() { # WHO: the last layer, documents and the heads of a tar
  if ((sent > 60000)); then
    echo "FAILED: $1: expected at most 60000 bytes, got $sent" >&2
    grep 'note:' "$private/load.err" >&2
    exit 1
  fi
  if [[ ! $out =~ [0-9]+\ bytes\ sent,\ [0-9]{7}\ already\ there ]]; then
    echo "FAILED: $1: $out" >&2
    exit 1
  fi
  echo "ok: $1: $sent bytes for an edit of 80"
}
expect_all_sent() { # WHAT
  if ((sent < 3000000)); then
    echo "FAILED: $1: expected at least 3000000 bytes, got $sent" >&2
    exit 1
  fi
  echo "ok: $1: $sent bytes"
}

test_docker() {
  has dockerd && has docker || return 0
  start_dockerd
  local sock=$DOCKER_HOST
  start_proxy docker
  export DOCKER_HOST=unix://$private/docker.proxy
  loaded() { # WHAT
    local tag
    for tag in "$name" "$again"; do
      expect_equal "docker: $1: $tag" "$(docker --host="$sock" image inspect --format='{{.Id}}' "$tag")" "$(id)"
    done
    expect_equal "docker: $1: it runs" "$(docker --host="$sock" run --rm --network=none "$name")" "$(cat small)"
  }
  edit
  load --to=docker
  expect_all_sent "docker: a first load"
  loaded "a first load"
  edit
  load --to=docker
  expect_edit_sent docker
  loaded "an edit"
  edit
  echo "docker --host=$sock image ls --all --quiet | sort -u | xargs docker --host=$sock image rm --force" >"$commands"
  load --to=docker
  expect_all_sent "docker: images that are removed during the load"
  loaded "images that are removed"
  unset DOCKER_HOST
}

test_podman() {
  has podman || return 0
  local podman=(podman "--root=$private/podman" "--runroot=$private/podman.run")
  "${podman[@]}" system service --time=0 "unix://$private/podman.sock" \
    >"$private/podman.log" 2>&1 9>&- &
  pids+=($!)
  wait_for test -S "$private/podman.sock"
  start_proxy podman
  export DOCKER_HOST=unix://$private/podman.proxy
  loaded() { # WHAT
    local tag
    for tag in "$name" "$again"; do
      expect_equal "podman: $1: $tag" "sha256:$("${podman[@]}" image inspect --format='{{.Id}}' "$tag")" "$(id)"
    done
    "${podman[@]}" save --quiet --format=docker-archive --output="$private/saved.tar" "$name" >/dev/null
    rm -rf "$private/saved"
    mkdir "$private/saved"
    tar -xf "$private/saved.tar" -C "$private/saved"
    expect_equal "podman: $1: its file" "$(for layer in "$private"/saved/*.tar; do
      tar -xOf "$layer" small 2>/dev/null || true
    done)" "$(cat small)"
    rm "$private/saved.tar"
  }
  edit
  load --to=podman
  expect_all_sent "podman: a first load"
  loaded "a first load"
  edit
  load --to=podman
  expect_edit_sent podman
  loaded "an edit"
  edit
  echo "${podman[*]} image rm --all --force" >"$commands"
  load --to=podman
  expect_all_sent "podman: images that are removed during the load"
  loaded "images that are removed"
  unset DOCKER_HOST
}

test_containerd() {
  has containerd && has ctr || return 0
  export CONTAINERD_ADDRESS=$private/containerd.sock
  containerd --root "$private/containerd" --state "$private/state" --address "$CONTAINERD_ADDRESS" \
    >"$private/containerd.log" 2>&1 9>&- &
  pids+=($!)
  wait_for ctr version
  # What the proxy does for the others.
  count=$private/containerd.count
  commands=$private/containerd.commands
  echo 0 >"$count"
  local ctr digest
  ctr=$(command -v ctr)
  mkdir "$private/bin"
  cat >"$private/bin/ctr" <<END
#!/bin/bash
set -e
if [[ "\$*" != *" images import "* ]]; then exec "$ctr" "\$@"; fi
if [[ -e $commands ]]; then
  sh -e "$commands" >/dev/null
  rm "$commands"
fi
cat >"$private/import.tar"
echo \$((\$(cat "$count") + \$(stat -c %s "$private/import.tar"))) >"$count"
"$ctr" "\$@" <"$private/import.tar"
END
  chmod +x "$private/bin/ctr"
  loaded() { # WHAT
    local tag
    for tag in "$name" "$again"; do
      expect_equal "containerd: $1: $tag is complete" \
        "$("$ctr" -n test images check "name==$tag" | awk 'NR == 2 { print $3, $4, $5, $NF }')" \
        "$(cat bazel-bin/image/manifest.digest) complete (4/4) true"
    done
    expect_equal "containerd: $1: it runs" \
      "$("$ctr" -n test run --rm "$name" run 2>"$private/ctr.log" || cat "$private/ctr.log")" "$(cat small)"
  }
  local PATH=$private/bin:$PATH
  edit
  load --to=containerd:test
  expect_all_sent "containerd: a first load"
  loaded "a first load"
  edit
  load --to=containerd:test
  expect_edit_sent containerd
  loaded "an edit"
  edit
  echo "$ctr -n test images rm --sync \$($ctr -n test images ls -q)" >"$commands"
  load --to=containerd:test
  expect_all_sent "containerd: images that are removed during the load"
  loaded "images that are removed"
  # containerd unpacks no layer a second time, so that an import succeeds without
  # the blob.
  edit
  digest=$("$ctr" -n test content ls | awk '$2 ~ /MB/ { print $1 }')
  echo "$ctr -n test content rm $digest" >"$commands"
  load --to=containerd:test
  expect_all_sent "containerd: a blob that is removed during the load"
  loaded "a blob that is removed"
}

test_docker
test_podman
test_containerd
echo "all tests passed"
