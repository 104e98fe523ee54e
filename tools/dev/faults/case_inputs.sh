# shellcheck shell=bash disable=SC2154
# Sourced with fault_cases.sh: what its cases need. $bin has the programs, $work is
# a directory for what is not an input.

# ask PATH: what the server answers.
ask() {
  exec 3<>"/dev/tcp/${address/://}"
  printf 'GET %s HTTP/1.1\r\nConnection: close\r\n\r\n' "$1" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}

start_server() {
  "$bin/tools/dev/faults/server" --address_out="$work/address" \
    --key_out="$in/key.pub" &
  server=$!
  trap 'kill "$server"' EXIT
  while kill -0 "$server" && [[ ! -e $work/address ]]; do sleep 0.05; done
  address=$(<"$work/address")
  # It is asked without a proxy, and without the caller's credentials.
  export DOCKER_HOST=tcp://$address DOCKER_CONFIG=$work no_proxy=127.0.0.1
}

# Those that start a sandbox, whose children are traced by none but itself.
is_sandboxed() { [[ $1 == run || $1 == record || $1 == container* ]]; }

make_inputs() {
  mkdir -p "$in/rootfs/etc"
  cp "$bin/lib/sandbox/testing/probe" "$in/rootfs/probe"
  cp "$bin/e2e/support/box/box" "$in/rootfs/box"
  echo root:x:0:0::/: >"$in/rootfs/etc/passwd"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
    -C "$in/rootfs" -cf "$in/rootfs.tar" box etc probe
  seq 200000 >"$in/data"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
    -C "$in" -czf "$in/files.tar.gz" data
  echo 'ENV A=1' >"$in/env.instruction"
  echo 'COPY data /data' >"$in/copy.instruction"
  echo 'ADD files.tar.gz /d' >"$in/extract.instruction"
  echo 'RUN ["/probe", "write", "/made", "x"]' >"$in/run.instruction"
  echo "RUN [\"/box\", \"-c\", \"fetch http://$address/file > /f\"]" \
    >"$in/fetch.instruction"
  echo "ADD http://$address/file /f" >"$in/add.instruction"
  printf 'FROM scratch\nENV A=1\nCOPY data /data\n' >"$in/Dockerfile"
  echo '{"image": "//:image", "steps": []}' >"$in/steps.json"
  # No entries: one empty frame of zstd.
  printf '\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00' >"$in/log"
  cat >"$in/signer.sh" <<'END'
#!/usr/bin/env bash
request=$(cat)
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$request"; }
exec 3<>"/dev/tcp/${SERVER/://}"
printf 'GET /sign/%s@%s HTTP/1.1\r\nConnection: close\r\n\r\n' "$(field reference)" "$(field digest)" >&3
sed '1,/^\r$/d' <&3
END
  mkdir "$in/bin"
  printf '#!/bin/sh\ntest -s "$3"\n' >"$in/bin/kind"
  chmod +x "$in/signer.sh" "$in/bin/kind"
  export PATH=$in/bin:$PATH
  cat >"$in/test.yaml" <<'END'
schemaVersion: 2.0.0
commandTests:
- {name: writes, command: /probe, args: [write, /x, y]}
END
}

# Whether two files are the same, except for the time of a recording.
readonly recorded='^ *"recorded": '
same() { cmp -s "$1" "$2" || diff -q -I "$recorded" "$1" "$2" >/dev/null; }
