#!/usr/bin/env bash
# The golden document of CycloneDX is valid by the published schema.
set -euo pipefail
if ! python3 -c 'import jsonschema' 2>/dev/null; then
  echo "skipped: no python3-jsonschema"
  exit 0
fi
data=lib/sbom/testdata
python3 -W ignore "$data/schema/validate.py" "$data/example.cdx.json"
# It refuses what is not valid.
sed 's/"library"/"librarie"/' "$data/example.cdx.json" >"$TEST_TMPDIR/wrong.json"
if python3 -W ignore "$data/schema/validate.py" "$TEST_TMPDIR/wrong.json" >"$TEST_TMPDIR/problems"; then
  echo "FAILED: a component of the type librarie is valid"
  exit 1
fi
grep -q "'librarie' is not one of" "$TEST_TMPDIR/problems"
