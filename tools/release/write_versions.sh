#!/usr/bin/env bash
# write_versions.sh URL SHA256SUMS: prints the versions.bzl of a release whose
# files are below URL. SHA256SUMS has a line for each archive of build_tools.sh.
set -euo pipefail
shopt -s inherit_errexit

readonly ARCHIVE='rules_dockerfile_tools-.*-linux_[a-z0-9]*\.tar\.xz'
names=$(sed -nE "s,^[0-9a-f]{64}  ($ARCHIVE)$,\1,p" "$2")
name=$(sed -E 's,-linux_[a-z0-9]*\.,-{platform}.,' <<<"$names" | sort -u)
if [[ -z $name || $name == *$'\n'* ]]; then
  echo "write_versions.sh: $2: expected archives of one version, got: $(xargs <<<"$names")" >&2
  exit 1
fi
cat <<END
"""The prebuilt tools of this release."""

# \`{platform}\` stands for a key of PREBUILT_SHA256, as \`linux_amd64\`.
PREBUILT_URLS = ["$1/$name"]

PREBUILT_SHA256 = {
$(sed -nE "s,^([0-9a-f]{64})  rules_dockerfile_tools-.*-(linux)_([a-z0-9]*)\.tar\.xz$,    \"\2/\3\": \"\1\"\,,p" "$2" | LC_ALL=C sort)
}
END
