#!/usr/bin/env bash
# Writes compile_commands.json for clangd and other tools that read one: how
# Bazel compiles each C++ file. Analyses, but compiles nothing.
#
#   compile_commands.sh [TARGET...]     # by default //lib/... //tools/...
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if (($# == 0)); then set -- //lib/... //tools/...; fi
actions=$(tools/bazel aquery --output=jsonproto --noinclude_artifacts --noinclude_param_files \
  "mnemonic('CppCompile', set($*))")
output_base=$(tools/bazel info output_base)

# jsonproto has the arguments of an action on one line. Headers of other modules
# are below the output base; clang does not know one of GCC's flags.
sed -nE 's/^ *"arguments": (\[.*\]),$/\1/p' <<<"$actions" |
  sed -E -e "s#\"(-I|-iquote|-isystem)?external/#\"\1$output_base/external/#g" \
    -e 's/"-fno-canonical-system-headers", //' |
  awk -v directory="$PWD" '
    {
      file = $0
      sub(/^.*"-c", "/, "", file)
      sub(/".*$/, "", file)
      if (file in seen) next
      seen[file]
      printf "%s\n{\"directory\": \"%s\", \"file\": \"%s\", \"arguments\": %s}", (NR > 1 ? "," : "["), directory, file, $0
    }
    END { print (NR > 0 ? "\n]" : "[]") }' >compile_commands.json.partial
mv compile_commands.json.partial compile_commands.json
echo "compile_commands.json: $(grep -c '"file"' compile_commands.json) files" >&2
