#!/usr/bin/env bash
# The files of a release that no compiler makes.
set -euo pipefail
source tools/dev/shell_test.sh

test_an_archive_depends_on_names_and_contents_only() {
  mkdir "$scratch/a" "$scratch/b"
  printf one >"$scratch/a/one.stripped"
  printf two >"$scratch/a/two.stripped"
  chmod 500 "$scratch/a/one.stripped"
  printf one >"$scratch/b/target"
  ln -s target "$scratch/b/one.stripped"
  printf two >"$scratch/b/two.stripped"
  touch -d @1000000000 "$scratch/b/two.stripped"
  tools/release/pack.sh "$scratch/a.tar" "$scratch"/a/*.stripped
  tools/release/pack.sh "$scratch/b.tar" "$scratch"/b/{one,two}.stripped
  cmp "$scratch/a.tar" "$scratch/b.tar"
  expect_equal "$(TZ=UTC tar --numeric-owner -tvf "$scratch/a.tar" | awk '{ print $1, $2, $3, $4, $6 }')" \
    "-rwxr-xr-x 0/0 3 1970-01-01 bin/one
-rwxr-xr-x 0/0 3 1970-01-01 bin/two"
}

digest() { printf "$1%.0s" {1..64}; }

test_versions_name_each_platform() {
  cat >"$scratch/SHA256SUMS" <<END
$(digest b)  rules_dockerfile_tools-1.2.0-linux_arm64.tar.xz
$(digest a)  rules_dockerfile_tools-1.2.0-linux_amd64.tar.xz
END
  expect_equal "$(tools/release/write_versions.sh https://host/v1.2.0 "$scratch/SHA256SUMS")" \
    "\"\"\"The prebuilt tools of this release.\"\"\"

# \`{platform}\` stands for a key of PREBUILT_SHA256, as \`linux_amd64\`.
PREBUILT_URLS = [\"https://host/v1.2.0/rules_dockerfile_tools-1.2.0-{platform}.tar.xz\"]

PREBUILT_SHA256 = {
    \"linux/amd64\": \"$(digest a)\",
    \"linux/arm64\": \"$(digest b)\",
}"
}

test_archives_of_two_versions_are_refused() {
  cat >"$scratch/SHA256SUMS" <<END
$(digest a)  rules_dockerfile_tools-1.1.0-linux_amd64.tar.xz
$(digest b)  rules_dockerfile_tools-1.2.0-linux_arm64.tar.xz
END
  expect_fails tools/release/write_versions.sh https://host "$scratch/SHA256SUMS"
  expect_equal "$(tools/release/write_versions.sh https://host "$scratch/SHA256SUMS" 2>&1)" \
    "write_versions.sh: $scratch/SHA256SUMS: expected archives of one version, got: rules_dockerfile_tools-1.1.0-linux_amd64.tar.xz rules_dockerfile_tools-1.2.0-linux_arm64.tar.xz"
}

test_emulated_runs_need_one_archive_of_each_platform() {
  local name=rules_dockerfile_tools
  touch "$scratch/$name-1.1.0-linux_amd64.tar.xz"
  expect_fails tools/release/emulated_runs.sh "$scratch"
  expect_equal "$(tools/release/emulated_runs.sh "$scratch" 2>&1)" \
    "emulated_runs.sh: $scratch: expected one archive for linux_arm64, got: "
  touch "$scratch/$name-1.2.0-linux_amd64.tar.xz"
  expect_equal "$(tools/release/emulated_runs.sh "$scratch" 2>&1)" \
    "emulated_runs.sh: $scratch: expected one archive for linux_amd64, got: $name-1.1.0-linux_amd64.tar.xz $name-1.2.0-linux_amd64.tar.xz"
}

# A checkout with the files that name the owner.
make_checkout() {
  mkdir -p "$1/.bcr" "$1/tools/release"
  cp tools/release/{make_release,owner}.sh "$1/tools/release"
  echo '{"repository": ["github:OWNER/x"], "url": "{OWNERS}"}' >"$1/.bcr/metadata.template.json"
  echo 'https://github.com/OWNER/x' >"$1/README.md"
}

test_the_owner_is_written_once_for_all() {
  make_checkout "$scratch/tree"
  expect_fails "$scratch/tree/tools/release/owner.sh" 'a/b'
  "$scratch/tree/tools/release/owner.sh" the-owner
  expect_equal "$(cat "$scratch/tree/.bcr/metadata.template.json" "$scratch/tree/README.md")" \
    '{"repository": ["github:the-owner/x"], "url": "{OWNERS}"}
https://github.com/the-owner/x'
  "$scratch/tree/tools/release/owner.sh"
}

test_there_is_no_release_without_an_owner() {
  make_checkout "$scratch/tree"
  git -C "$scratch/tree" init --quiet
  git -C "$scratch/tree" add .
  git -C "$scratch/tree" -c user.name=a -c user.email=a@a commit --quiet --message=a
  expect_fails "$scratch/tree/tools/release/make_release.sh" "$scratch/out" https://host/x
  expect_equal "$("$scratch/tree/tools/release/make_release.sh" "$scratch/out" https://host/x 2>&1)" \
    '.bcr/metadata.template.json:1:{"repository": ["github:OWNER/x"], "url": "{OWNERS}"}
README.md:1:https://github.com/OWNER/x
owner.sh: expected the owner of the project, got the word OWNER
hint: tools/release/owner.sh NAME'
}

test_the_source_archive_has_long_names_and_the_versions() {
  local tree=$scratch/tree long
  long=$(printf 'n%.0s' {1..255})
  mkdir -p "$tree/tools/release" "$tree/rules/toolchain/prebuilt" "$tree/$long"
  cp tools/release/source_archive.sh "$tree/tools/release"
  touch "$tree/rules/toolchain/prebuilt/versions.bzl" "$tree/$long/file"
  git -C "$tree" init --quiet
  git -C "$tree" add .
  git -C "$tree" -c user.name=a -c user.email=a@a commit --quiet --message=a
  echo versions >"$scratch/versions"
  "$tree/tools/release/source_archive.sh" x-1.0 "$scratch/versions" "$scratch/1.tar.gz"
  "$tree/tools/release/source_archive.sh" x-1.0 "$scratch/versions" "$scratch/2.tar.gz"
  cmp "$scratch/1.tar.gz" "$scratch/2.tar.gz"
  expect_equal "$(tar -tzf "$scratch/1.tar.gz" | sort)" "x-1.0/
x-1.0/$long/
x-1.0/$long/file
x-1.0/rules/
x-1.0/rules/toolchain/
x-1.0/rules/toolchain/prebuilt/
x-1.0/rules/toolchain/prebuilt/versions.bzl
x-1.0/tools/
x-1.0/tools/release/
x-1.0/tools/release/source_archive.sh"
  expect_equal "$(tar -xzOf "$scratch/1.tar.gz" x-1.0/rules/toolchain/prebuilt/versions.bzl)" versions
}

run_tests
