#!/usr/bin/env bash
# Prints the path of a program that runs static programs for arm64 on amd64: QEMU's
# user mode emulator.
set -euo pipefail
shopt -s inherit_errexit

release=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tools/bootstrap/private_root.sh
source "$release/../bootstrap/private_root.sh"

make_emulatorroot() {
  "$bootstrap/fetch.sh" "$1" forky "$release/emulator_packages.txt"
  # The package has those of all architectures.
  find "$1/usr/bin" -mindepth 1 ! -name qemu-aarch64 -delete
}

root=$(private_root emulatorroot 800 make_emulatorroot fetch.sh assumed.txt \
  ../release/{emulatorroot.sh,emulator_packages.txt})
echo "$root/usr/bin/qemu-aarch64"
