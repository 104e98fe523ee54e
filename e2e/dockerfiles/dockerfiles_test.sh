#!/usr/bin/env bash
# The Dockerfiles that MODULE.bazel names, and those that the extension discovers.
source e2e/support/nested/nested.sh

# image PACKAGE [NAME]: writes a BUILD file for PACKAGE with an image of its Dockerfile.
image() {
  cat >"$1/BUILD.bazel" <<END
load("@dockerfiles//$1:${2:-Dockerfile}.bzl", "dockerfile_image")
dockerfile_image(name = "image")
END
}

# dockerfile PATH: writes a Dockerfile.
dockerfile() {
  mkdir -p "$(dirname "$1")"
  printf 'FROM scratch AS %s\nLABEL a=b\nFROM %s\n' "${2:-s}" "${2:-s}" >"$1"
}

# Prints the stages of all images below package $1, as Bazel names the targets.
stages() {
  nested_bazel query "filter('stage', //$1/...:*) - filter('whole$', //$1/...:*)" 2>query.log | sort | xargs || {
    cat query.log >&2
    return 1
  }
}

# Prints the paths of the macros in the hub, without those of the hub itself.
macros() {
  (cd "$STATE/output_base/external/rules_dockerfile~~dockerfiles~dockerfiles" &&
    find . -name '*.bzl' | sort | xargs)
}

# Prints the directories of the repositories that were fetched.
fetched() {
  find "$STATE/output_base/external" -maxdepth 1 -type d
}

expect_query_failure() {
  if nested_bazel query "//$2/..." >query.log 2>&1; then
    echo "FAILED: $1: the query succeeded" >&2
    exit 1
  fi
  if [[ $(<query.log) != *"$3"* ]]; then
    printf 'FAILED: %s\n  expected: %s\n  got:\n' "$1" "$3" >&2
    cat query.log >&2
    exit 1
  fi
  echo "ok: $1"
}

# --- named one by one
new_workspace //app:Dockerfile //bad:Dockerfil //app:nope/Dockerfile
dockerfile app/Dockerfile one
image app
dockerfile web/Dockerfile
image web
dockerfile web/docker/App.Dockerfile
dockerfile bad/Dockerfile
image bad Dockerfil

expect_equal "a named Dockerfile has its stages" "$(stages app)" \
  "//app:image.stage.1 //app:image.stage.one"
expect_query_failure "a Dockerfile that is not named has a hint" web \
  'Error in fail: //web:Dockerfile is not in @dockerfiles
hint: add dockerfiles.file(path = "//web:Dockerfile"), or dockerfiles.discover() for all Dockerfiles, to MODULE.bazel'
image web docker/App.Dockerfile
expect_query_failure "so has one below a package" web \
  'Error in fail: //web:docker/App.Dockerfile is not in @dockerfiles
hint: add dockerfiles.file(path = "//web:docker/App.Dockerfile"), or dockerfiles.discover() for all Dockerfiles, to MODULE.bazel'
expect_query_failure "a name without a file is an error of its image" bad \
  'no such file: //bad:Dockerfil (did you mean Dockerfile?)'
expect_equal "and not of others" "$(stages app)" \
  "//app:image.stage.1 //app:image.stage.one"
dockerfile late/Dockerfile
image late
expect_query_failure "one that is added later has a hint, too" late \
  'Error in fail: //late:Dockerfile is not in @dockerfiles'

hub=$STATE/output_base/external/rules_dockerfile~~dockerfiles~dockerfiles/app/Dockerfile.bzl
written=$(stat -c '%i %y' "$hub")
dockerfile app/Dockerfile two
expect_equal "an edit is noticed" "$(stages app)" \
  "//app:image.stage.1 //app:image.stage.two"
expect_equal "an edit does not search for other Dockerfiles" \
  "$(stat -c '%i %y' "$hub")" "$written"

# --- discovered
discover() {
  sed -i '/^dockerfiles\./d' MODULE.bazel
  echo "dockerfiles.discover($1)" >>MODULE.bazel
}
touch BUILD.bazel
discover ""
image web
dockerfile Dockerfile
dockerfile plain/no/package/Containerfile
dockerfile app/Dockerfile.dev
dockerfile third_party/a/node_modules/b/Dockerfile
dockerfile ignored/Dockerfile
dockerfile other/Dockerfile
touch other/MODULE.bazel app/Dockerfile.lock app/Dockerfile.dockerignore app/Dockerfiles
echo ignored >.bazelignore
ln -s ../app third_party/again
ln -s .. third_party/up
rm -r bad

expect_equal "all are discovered" "$(stages web)" \
  "//web:image.stage.1 //web:image.stage.s"
expect_equal "each in its package; none through links, in other workspaces or in ignored directories" "$(macros)" \
  "./Dockerfile.bzl ./app/Dockerfile.bzl ./app/Dockerfile.dev.bzl ./late/Dockerfile.bzl ./plain/no/package/Containerfile.bzl ./third_party/a/node_modules/b/Dockerfile.bzl ./web/Dockerfile.bzl ./web/docker/App.Dockerfile.bzl"

dockerfile added/Dockerfile
image added
expect_equal "one that is added is discovered" "$(stages added)" \
  "//added:image.stage.1 //added:image.stage.s"
rm -r added
dockerfile app/Dockerfile three
expect_equal "an edit of a discovered one is noticed" "$(stages app)" \
  "//app:image.stage.1 //app:image.stage.three"
dockerfile web/deep/Dockerfile
dockerfile app/Dockerfile four
stages app >/dev/null
expect_equal "and does not search for others" "$(macros | grep -c web/deep || true)" 0
rm -r web/deep

discover 'directories = ["app", "third_party"], exclude = ["**/node_modules"], names = ["*.dev", "Dockerfile"]'
stages app >/dev/null
expect_equal "some directories, patterns and names" "$(macros)" \
  "./app/Dockerfile.bzl ./app/Dockerfile.dev.bzl"
discover 'directories = ["app", "nope"]'
expect_query_failure "a directory that does not exist is an error" app \
  'Error in fail: dockerfiles.discover: directories: no such directory, or it is excluded: "nope"'

# --- a Dockerfile that no image uses
discover ""
for i in {1..20}; do dockerfile "many/p$i/Dockerfile"; done
stages web >/dev/null
expect_equal "a Dockerfile is read for its image" \
  "$(fetched | grep -c 'dockerfiles_web_Dockerfile_[0-9a-f]*$')" 1
expect_equal "a Dockerfile that no image uses is not read" \
  "$(fetched | grep many || true)" ""

build --nobuild //web:image || { cat build.log >&2; exit 1; }
echo "ok: a discovered one is built"
