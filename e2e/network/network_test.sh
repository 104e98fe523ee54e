#!/usr/bin/env bash
# Locked network: RUN and ADD fetch only when they are locked.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir -p app served
start_server() {
  "$RUNFILES/e2e/support/http_server/http_server" served "$PWD/port" >>requests 2>&1 9>&- &
  server=$!
  trap 'kill $server' EXIT
  while [[ ! -e port ]]; do sleep 0.1; done
}
start_server
server_url=http://127.0.0.1:$(cat port)

echo first >served/a
echo second >served/b
echo archive >served/c
echo checked >served/d
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(
    name = "image",
    build_args = {"NAME": "c"},
    context_paths = {"//prebuilt:box": "bin/sh"},
    network = "locked",
)
END
dockerfile() {
  cat >app/Dockerfile <<END
FROM scratch AS fetch
COPY bin/sh /bin/sh
RUN fetch $server_url/a > /a
ARG NAME
ADD $server_url/\$NAME /c
ADD --checksum=sha256:$(sha256sum served/d | cut -d' ' -f1) $server_url/d /d
FROM scratch
COPY bin/sh /bin/sh
COPY --from=fetch /a /c /d /
RUN fetch $server_url/$1 > /b
RUN --network=none echo offline > /offline
END
}
dockerfile b
lock() { nested_bazel run //app:image.lock >lock.log 2>&1; }
digest() {
  build //app:image && cat bazel-bin/app/image/manifest.digest
}

expect_failure "a RUN that is not locked has a hint" \
  "locked network: GET $server_url/a is not in the lock file; to record it: bazel run //app:image.lock" \
  --repo_env=UNUSED=1 //app:image.stage.fetch

lock || { cat lock.log >&2; exit 1; }
expect_equal "image.lock prints a summary" \
  "$(grep "recorded" lock.log)" \
  "app/Dockerfile.lock: recorded 2 ADDs, 2 RUNs with 2 requests"
expect_equal "the lock has the URLs" \
  "$(grep -o "\"url\":\"[^\"]*\"" app/Dockerfile.lock | sed "s|$server_url||" | xargs)" \
  'url:/c url:/d url:/a url:/b'

first=$(digest)
echo other >served/a
echo other >served/c
: >requests
nested_bazel clean >/dev/null 2>&1
expect_equal "a locked image sends no request" "$(digest) $(cat requests)" "$first "

lock
expect_equal "locking again fetches again" "$(sort requests | uniq -c | xargs)" "1 /a 1 /b 1 /c 1 /d"
second=$(digest)
expect_equal "and locks the new files" "$([[ $second != "$first" ]] && echo another)" another

echo third >served/a
cp app/Dockerfile.lock locked
nested_bazel run //app:image.lock -- --help >lock.log 2>&1 || { cat lock.log >&2; exit 1; }
expect_equal "--help prints the flags" "$(grep -o '^Usage.*' lock.log)" "Usage: image_lock [FLAG]…"
expect_equal "and writes nothing" "$(cmp app/Dockerfile.lock locked)" ""
nested_bazel run //app:image.lock -- --update all >lock.log 2>&1 || { cat lock.log >&2; exit 1; }
expect_equal "--update records nothing" "$(cmp app/Dockerfile.lock locked; grep '^hint' lock.log)" \
  "hint: run this again without --update to record what ADD and RUN fetch on the images that are now locked"

sed -i "s/$(sha256sum served/b | cut -d' ' -f1)/$(printf '0%.0s' {1..64})/" app/Dockerfile.lock
expect_failure "a blob that is not available is named" \
  "files recorded in app/Dockerfile.lock are no longer available:
  $server_url/b: cannot be fetched with SHA-256 $(printf '0%.0s' {1..64})
hint: to record them again, run \`bazel run //app:image.lock\`" //app:image

dockerfile d
expect_failure "a changed RUN is not locked" \
  "GET $server_url/d is not in the lock file; to record it: bazel run //app:image.lock" //app:image

echo "all tests passed"
