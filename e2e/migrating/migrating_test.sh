#!/usr/bin/env bash
# The snippets of docs/migrating.md are those of workspace/, which builds.
source e2e/support/nested/nested.sh

readonly EXAMPLE=$RULES_ROOT/e2e/migrating/workspace

# Prints "FILE NAME" of each snippet that the page has.
snippets() { sed -nE 's/^<!-- snippet: (.*) -->$/\1/p' "$RULES_ROOT/docs/migrating.md"; }

# in_page FILE NAME, in_file FILE NAME: the text of a snippet.
in_page() {
  awk -v marker="<!-- snippet: $1 $2 -->" '
    $0 == marker { found = 1; next }
    found && /^```/ { if (text) exit; text = 1; next }
    text' "$RULES_ROOT/docs/migrating.md"
}
in_file() {
  local file
  file=$EXAMPLE/$(dirname "$1")/$(basename "$1" .bazel | sed -E 's/^(BUILD|MODULE)$/&.example/')
  sed -n "/^# \[START $2\]\$/,/^# \[END $2\]\$/p" "$file" | sed '1d;$d'
}

while read -r file name; do
  text=$(in_file "$file" "$name")
  [[ $text ]] || {
    echo "FAILED: $file has no snippet $name" >&2
    exit 1
  }
  expect_equal "docs/migrating.md: $file $name" "$(in_page "$file" "$name")" "$text"
done < <(snippets)
expect_equal "the page has every snippet" "$(snippets | wc -l)" \
  "$(grep -rh '^# \[START ' "$EXAMPLE" | wc -l)"

new_workspace
cp -r "$EXAMPLE"/. .
cat MODULE.example >>MODULE.bazel
touch BUILD.bazel
find . -name BUILD.example | while read -r file; do mv "$file" "$(dirname "$file")/BUILD.bazel"; done

build //... || {
  cat build.log >&2
  exit 1
}
echo "ok: everything builds"
expect_equal "the image runs" "$(nested_bazel run //app:image.run 2>/dev/null)" "hello"
expect_equal "the build argument is in the config" \
  "$(nested_bazel run //app:image.inspect 2>/dev/null | grep '^config.Labels')" "config.Labels version=1.2"
expect_equal "each image of the matrix has its own" \
  "$(nested_bazel run //app:image_1_1.inspect 2>/dev/null | grep '^config.Labels')" "config.Labels version=1.1"
expect_equal "image_test passes" \
  "$(nested_bazel test --test_output=all //app:image_test 2>/dev/null | sed -n 's/^\(PASS\|FAIL\) //p')" \
  'app/tests.yaml:3: command "greets"'
expect_equal "the files of a stage" "$(cd bazel-bin/app/dist && find . -type f)" "./out/app"
