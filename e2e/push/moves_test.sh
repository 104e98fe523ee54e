#!/usr/bin/env bash
# What moves for an edit: bytes from the registry, to it, and from a remote cache.
# Prints the table of docs/pushing.md, "What moves", and fails if more moves than
# has to.
#
#   apt-get install curl docker-registry python3
#   tools/bazel test //e2e/push:moves_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

require_programs curl docker-registry python3
export DOCKER_CONFIG=$private/docker

start_registry

# Bazel's HTTP cache: GET and PUT of files. Prints how many bytes each GET is.
cat >"$private/cache.py" <<'END'
import http.server, os, sys

root, port_file = sys.argv[1:]

class Cache(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def file(self):
        return os.path.join(root, self.path.strip("/").replace("/", "_"))

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if not os.path.exists(self.file()):
            return self.answer(404)
        with open(self.file(), "rb") as f:
            body = f.read()
        print(len(body), flush=True)
        self.answer(200, body)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(self.file(), "wb") as f:
            f.write(body)
        self.answer(200)

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cache)
with open(port_file + ".new", "w") as f:
    f.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
END
mkdir "$private/cache"
python3 "$private/cache.py" "$private/cache" "$private/port" >"$private/cached" 2>"$private/cache.log" 9>&- &
pids+=($!)
wait_for test -e "$private/port"
remote=("--remote_cache=http://127.0.0.1:$(cat "$private/port")")

new_workspace //base:Dockerfile //app:Dockerfile
mkdir base app
head -c 3000000 /dev/urandom >base/big
head -c 200000 /dev/urandom >base/more
head -c 2000000 /dev/urandom >app/installed
head -c 300000 /dev/urandom >app/source
printf 'FROM scratch\nCOPY bin/sh /bin/sh\nCOPY big /big\n' >base/Dockerfile
cat >base/BUILD.bazel <<END
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    srcs = ["big", "more"],
    repository = "$address/library/base:1",
)
END
cat >app/Dockerfile <<END
FROM $address/library/base:1
RUN --mount=source=app/installed,target=/from cat /from > /installed
COPY source /source
CMD ["one"]
END
cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_root = "",
    srcs = ["installed", "source"],
    repository = "$address/team/app:1",
)
END
sed -i 's|^COPY source|COPY app/source|' app/Dockerfile

# on_host OUTPUT_BASE [FLAG...]: from now on nested_bazel is that of the host that
# builds, or of another, with these flags of builds.
on_host() {
  STARTUP_FLAGS=(--output_base="$STATE/$1" --max_idle_secs=600)
  BUILD_FLAGS=(--extra_toolchains=//prebuilt:toolchain "${@:2}")
}
run() { # TARGET [FLAG...]: what the tool prints
  nested_bazel run "$@" 2>"$private/run.log" || {
    cat "$private/run.log" >&2
    exit 1
  }
}
from_registry() { # the bytes of blobs that it has given since the log was emptied
  sed -n 's|.*"GET /v2/[^ ]*/blobs/[^ ]* [^"]*" 200 \([0-9]*\) .*|\1|p' "$private/registry.log" | awk '{ sum += $1 } END { print sum + 0 }'
}
sum() { awk '{ sum += $1 } END { print sum + 0 }' "$1"; }

# Pushes on the host that builds, and then on one that has only the
# cache. Sets $fetched, $sent, and the same of the other: $fetched2, $sent2, $cached.
push() { # WHAT
  on_host output_base "${remote[@]}" "--repository_cache=$private/repositories"
  nested_bazel build //app:image >"$private/build.log" 2>&1 || { cat "$private/build.log" >&2; exit 1; }
  sent=$(run //app:image.push | sed -n 's/^\([0-9]*\) bytes sent.*/\1/p')
  fetched=$(from_registry)
  : >"$private/registry.log"
  : >"$private/cached"
  on_host other_output_base "${remote[@]}" "--repository_cache=$private/fresh" --remote_download_minimal \
    --@rules_dockerfile//rules/settings:push_layers=outputs
  rm -rf "$private/fresh"
  nested_bazel clean --expunge >/dev/null 2>&1
  sent2=$(run //app:image.push | sed -n 's/^\([0-9]*\) bytes sent.*/\1/p')
  fetched2=$(from_registry)
  cached=$(sum "$private/cached")
  nested_bazel clean --expunge >/dev/null 2>&1
  on_host output_base
  : >"$private/registry.log"
  printf '| %s | %s | %s | %s | %s | %s |\n' "$1" "$fetched" "$sent" "$fetched2" "$sent2" "$cached" >>"$private/table"
}
expect_at_most() { # WHAT GOT MOST
  if (($2 > $3)); then
    echo "FAILED: $1: expected at most $3 bytes, got $2" >&2
    cat "$private/table" >&2
    exit 1
  fi
  echo "ok: $1: $2 bytes"
}

nested_bazel clean >/dev/null 2>&1
run //base:image.push >/dev/null
run //app:image.lock >/dev/null
nested_bazel clean >/dev/null 2>&1
: >"$private/registry.log"

push "first push"
expect_at_most "the first push sends the image without its base" "$sent" 2350000
push "nothing"
expect_equal "nothing moves for nothing" "$fetched $sent $sent2" "0 0 0"
sed -i 's/"one"/"two"/' app/Dockerfile
push "CMD"
expect_equal "CMD: nothing is fetched" "$fetched" 0
expect_at_most "CMD: the config is sent" "$sent" 5000
expect_at_most "CMD: no layer comes from the cache" "$cached" 50000
head -c 300000 /dev/urandom >app/source
push "a source file of 300 kB"
expect_equal "source: nothing is fetched" "$fetched" 0
expect_at_most "source: its layer is sent" "$sent" 310000
echo 'COPY more /more' >>base/Dockerfile
run //base:image.push >/dev/null
run //app:image.lock -- --update=all >/dev/null
: >"$private/registry.log"
push "base: a new layer of 200 kB"
expect_at_most "base: the new layer and the config are fetched" "$fetched" 205000
expect_at_most "base: what RUN and COPY make on it is sent" "$sent" 2350000
expect_equal "another host sends nothing" "$sent2" 0

echo "| edit | from the registry | sent | other host: from the registry | sent | from the cache |"
cat "$private/table"
echo "all tests passed"
