#!/usr/bin/env bash
# tool_page.sh NAME TOOL: prints the page of a tool.
set -euo pipefail

name=$1
help=$("$2" --help)
# The paragraph after the usage line.
description=$(awk 'NR > 2 && /^$/ { exit } NR > 2' <<<"$help")
cat <<PAGE
<!-- Written by \`bazel run //docs:update\` from \`$name --help\`: edit the tool. -->

# $name

$description

\`\`\`
bazel run @rules_dockerfile//rules/toolchain:$name -- FLAG…
\`\`\`

\`--help\` prints:

\`\`\`text
$help
\`\`\`
PAGE
