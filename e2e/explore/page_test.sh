#!/usr/bin/env bash
# The page of image_explore in a real Chromium: page_test.py.
set -euo pipefail
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ ! $chromium ]]; then
  echo "skipped: there is no Chromium"
  exit 0
fi
exec python3 e2e/explore/page_test.py "$chromium" tools/image_explore/image_explore \
  "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}"
