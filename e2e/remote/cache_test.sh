#!/usr/bin/env bash
# Remote caching with nginx: a second client, with an empty home and output base, runs no
# action and downloads only what it asks for; a push brings no layer to it.
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh
source e2e/remote/servers.sh
source e2e/remote/clients.sh
source e2e/remote/workspaces.sh

start_http_cache
start_registry

# What was downloaded since the log was emptied: the digests of files; all bytes.
downloaded() { sed -nE 's,^GET /cas/([0-9a-f]+) 200 .*,\1,p' "$private/requests" | sort -u; }
bytes() { awk '$1 == "GET" && $3 == 200 { sum += $4 } END { print sum + 0 }' "$private/requests"; }
uploads() { grep -c '^PUT ' "$private/requests" || true; }
# expect_at_most WHAT GOT MOST
expect_at_most() {
  if (($2 > $3)); then
    echo "FAILED: $1: expected at most $3 bytes, got $2" >&2
    cat "$private/requests" >&2
    exit 1
  fi
  echo "ok: $1: $2 bytes"
}
# expect_hits NAME TARGET...: builds, and fails if an action ran.
expect_hits() {
  expect_equal "$1: an empty client runs nothing" "$(ways_of_build "${@:2}" | sed 's/ [0-9]*$//')" "remote cache hit"
}
# The files that are not the outputs of the targets, by their names in $first. Bazel reads the .d
# files of the compiler itself.
unasked() {
  local files
  mapfile -t files < <(nested_bazel cquery --output=files "set($*)" 2>/dev/null)
  comm -23 <(downloaded) <(sha256sum "${files[@]}" | cut -d' ' -f1 | sort -u) |
    while read -r digest; do grep "^$digest" <<<"$first" || echo "$digest"; done | grep -v '\.d$' || true
}

# test_first NAME TARGET...: fills the cache. Sets $first, its outputs.
test_first() {
  client "$1.first" "--remote_cache=$cache"
  expect_equal "$1: the first client runs all" "$(ways_of_build "${@:2}" | grep -o 'cache hit')" ""
  first=$(outputs)
}

# test_minimal NAME MOST TARGET...: a build that downloads no output gets at most MOST bytes: the
# results of the actions, and what Bazel reads itself.
test_minimal() {
  client "$1.minimal" "--remote_cache=$cache" --remote_download_minimal
  : >"$private/requests"
  expect_hits "$1" "${@:3}"
  expect_at_most "$1: --remote_download_minimal" "$(bytes)" "$2"
  expect_equal "$1: an empty client uploads nothing" "$(uploads)" 0
}

# test_toplevel NAME TARGET...
test_toplevel() {
  client "$1.toplevel" "--remote_cache=$cache"
  : >"$private/requests"
  expect_hits "$1, with outputs" "${@:2}"
  expect_equal "$1: only what is asked for is downloaded" "$(unasked "${@:2}")" ""
  expect_equal "$1: what is downloaded are the first client's bytes" \
    "$(outputs | grep -vxF -f <(echo "$first"))" ""
}

# The layers of the registry that were downloaded.
layers_downloaded() {
  comm -12 <(downloaded) <(find "$private/registry" -name data -size +100k -printf '%h\n' | sed 's,.*/,,' | sort)
}

write_hello
test_first hello //:image
test_minimal hello 60000 //:image
test_toplevel hello //:image

write_twenty
images=(//app{0..19}:image)
test_first twenty "${images[@]}"
nested_bazel run //app0:image.push >"$private/push.log" 2>&1 || { cat "$private/push.log" >&2 && exit 1; }

test_minimal twenty 120000 "${images[@]}"
: >"$private/requests"
BUILD_FLAGS+=(--@rules_dockerfile//rules/settings:push_layers=outputs)
expect_equal "a push of what the registry has sends nothing" \
  "$(nested_bazel run //app0:image.push -- --tag=again 2>"$private/push.log" | sed -n 's/^\([0-9]*\) bytes sent.*/\1/p')" 0
expect_equal "a push downloads no layer" "$(layers_downloaded)" ""
expect_at_most "a push" "$(bytes)" 20000

test_toplevel twenty "${images[@]}"
