#!/usr/bin/env bash
# Prepares a privileged container on a GitHub runner for the tests.
set -euo pipefail

# The checkout belongs to the runner's user.
git config --global --add safe.directory "$PWD"
# The runner's Ubuntu keeps user namespaces, which RUN needs, from programs that
# it does not know.
restriction=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [[ -e $restriction ]]; then echo 0 >"$restriction"; fi
