#!/usr/bin/env bash
# The output group mtree lists the files that GNU tar extracts, layer by layer. bsdtar
# reads it if it is installed. The output group explore and image.explore show them.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir -p app/src
echo one >app/src/one
echo two >'app/src/# two=[2]'
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_explore")

image_explore(
    name = "changes",
    compare_with = ":image.stage.base",
    image = ":image",
)

dockerfile_image(
    name = "image",
    srcs = glob(["src/**"]),
    context_paths = {"//prebuilt:box": "bin/sh"},
)
END
cat >app/Dockerfile <<'END'
FROM scratch AS base
COPY bin/sh /bin/sh
COPY --chown=33:44 src /data/

FROM base
RUN echo three > /data/three
RUN rm /data/one && mkdir /data/sub && echo x > /data/sub/x
END
build //app:image --output_groups=layers,mtree,explore,default || {
  cat build.log
  exit 1
}
mtree=$(nested_bazel cquery --output=files --output_groups=mtree //app:image 2>/dev/null)

mkdir root
for layer in $(nested_bazel cquery --output=files --output_groups=layers //app:image 2>/dev/null); do
  tar -C root -xf "$layer" --no-same-owner --preserve-permissions
  find root -name '.wh.*' | while IFS= read -r whiteout; do
    rm -r "${whiteout%.wh.*}${whiteout##*/.wh.}" "$whiteout"
  done
done

# Prints the files of directory $1: path, mode, size and digest.
files_of_directory() {
  (cd "$1" && find . -type f | LC_ALL=C sort | while IFS= read -r path; do
    echo "$path $(stat -c '%04a %s' "$path" | sed 's/^0*\(....\) /\1 /') $(sha256sum <"$path" | cut -d' ' -f1)"
  done)
}
# Prints the same for the text of an mtree.
files_of_mtree() {
  local path rest
  grep " type=file " "$1" | while read -r path rest; do
    [[ $rest =~ mode=([0-7]*)\ .*\ size=([0-9]*)\ sha256digest=([0-9a-f]*) ]]
    printf '%b %s\n' "$path" "${BASH_REMATCH[*]:1}"
  done | LC_ALL=C sort
}
expect_equal "the files are those that tar extracts" "$(files_of_mtree "$mtree")" "$(files_of_directory root | LC_ALL=C sort)"
expect_equal "a name with a space" "$(files_of_mtree "$mtree" | grep -cF './data/# two=[2] 0644 4 ')" "1"
expect_equal "the directories" \
  "$(sed -n 's/ type=dir mode=\([0-7]*\) .*/ \1/p' "$mtree")" \
  "$(cd root && find . -type d -printf '%p 0%m\n' | LC_ALL=C sort)"
expect_equal "the owner" "$(sed -n 's/.*two.* \(uid=.*\) time.*/\1/p' "$mtree")" "uid=33 gid=44"
if command -v bsdtar >/dev/null; then
  expect_equal "bsdtar reads all names" \
    "$(bsdtar -tf "$mtree" | sort)" "$(bsdtar -C root -cf - . | bsdtar -tf - | sed 's,\(.\)/$,\1,' | sort)"
else
  echo "skipped: no bsdtar"
fi

page=$(nested_bazel cquery --output=files --output_groups=explore //app:image 2>/dev/null)
expect_equal "the page is one of HTML" "$(head -n1 "$page")" "<!doctype html>"
expect_equal "the page has the instructions" \
  "$(grep -oE '"dockerfile":"app/Dockerfile","stage":"[a-z0-9]+","line":[0-9]+' "$page" | sed 's/.*"stage"://' | xargs)" \
  "base,line:1 base,line:2 base,line:3 1,line:5 1,line:6 1,line:7"
text=$(nested_bazel run //app:image.explore 2>run.log) || {
  cat run.log
  exit 1
}
expect_equal "without a terminal, image.explore prints text" "$(head -n1 <<<"$text")" "image       //app:image linux/amd64"
expect_equal "each layer has its line of the Dockerfile" \
  "$(sed -nE 's|^ *([0-9]) .* app/Dockerfile:([0-9]): ([A-Z]+) .*|\1:\2:\3|p' <<<"$text" | xargs)" \
  "0:2:COPY 1:3:COPY 2:6:RUN 3:7:RUN"
expect_equal "what the last RUN removed is hidden" \
  "$(grep ' data/one$' <<<"$text" | xargs)" "4 B layer 1, removed by layer 3 data/one 4 B 2 times data/one"
expect_equal "the two images differ" \
  "$(nested_bazel run //app:changes 2>/dev/null | sed -nE '/^compared/,/^config/s/^  (.) .* (data.*)/\1 \2/p')" \
  "$(printf '%s\n' "R data/one" "A data/sub" "A data/sub/x" "A data/three")"
