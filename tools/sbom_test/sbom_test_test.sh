#!/usr/bin/env bash
# sbom_test: names and paths of an image make no lines of the output.
set -euo pipefail

tool=tools/sbom_test/sbom_test
cd "${TEST_SRCDIR}/${TEST_WORKSPACE}"

cat >"${TEST_TMPDIR}/inventory.json" <<'END'
{
  "version": 1,
  "name": "app/image",
  "platform": "linux/amd64",
  "layers": [{"diff_id": "sha256:0", "created_by": "RUN x"}],
  "packages": [
    {"ecosystem": "npm", "name": "a\nb", "version": "1\r\n2", "layer": 0}
  ],
  "notes": ["\"usr/x\ny\": expected z"]
}
END
want='not read: "usr/x\ny": expected z
a\nb 1\x0d\n2: package is denied by "a*"; layer 0 (sha256:0), base: RUN x
app/image linux/amd64: 1 packages, 1 denied, 1 files not read'
if got=$("${tool}" --inventory="${TEST_TMPDIR}/inventory.json" --denied_package='a*' 2>/dev/null); then
  echo "FAILED: expected a failure" >&2
  exit 1
fi
if [[ ${got} != "${want}" ]]; then
  printf 'FAILED: expected\n%s\ngot\n%s\n' "${want}" "${got}" >&2
  exit 1
fi
