#!/usr/bin/env bash
# What is wrong with a page of documentation.
set -euo pipefail
source tools/dev/shell_test.sh

# complaints: about the page that standard input has.
complaints() {
  mkdir -p "$scratch/tools/dev" "$scratch/docs"
  cp tools/dev/check_docs.sh "$scratch/tools/dev"
  printf '# Other page\n\n## What `x` is, and why\n' >"$scratch/docs/other.md"
  cat >"$scratch/docs/page.md"
  "$scratch/tools/dev/check_docs.sh" docs/page.md 2>&1 || true
}

test_links_that_lead_somewhere() {
  expect_equal "$(complaints <<'END'
# Page
[a](other.md) [b](other.md#what-x-is-and-why) [c](#page)
[d](../docs/other.md) [e](https://example.com/x#y)
END
  )" ""
}

test_broken_links() {
  expect_equal "$(complaints <<'END'
[a](missing.md) [b](other.md#missing) [c](#missing)
END
  )" "docs/page.md: no such heading: #missing
docs/page.md: broken link: missing.md
docs/page.md: no such heading: other.md#missing"
}

test_links_in_code_are_text() {
  expect_equal "$(complaints <<'END'
`[a](missing.md)`
```
[a](missing.md)
```
END
  )" ""
}

test_long_lines() {
  local long
  long=$(printf 'é%.0s' {1..100})
  expect_equal "$(complaints <<<"$long")" ""
  expect_equal "$(complaints <<<"${long}x")" "docs/page.md:1: expected at most 100 columns"
  expect_equal "$(complaints <<<"| $long |")" ""
}

run_tests
