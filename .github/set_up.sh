#!/usr/bin/env bash
# Prepares a GitHub runner with Ubuntu 24.04 for tools/bazel and the tests.
set -euo pipefail

# The tool root is made from Debian's packages.
sudo apt-get update
sudo apt-get install --yes debian-archive-keyring
# Ubuntu keeps user namespaces, which RUN needs, from programs that it does not know.
echo 0 | sudo tee /proc/sys/kernel/apparmor_restrict_unprivileged_userns
