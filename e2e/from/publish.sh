# shellcheck shell=bash
# Sourced by tests: serves an OCI image layout as a registry of files.

# publish LAYOUT REPOSITORY TAG: copies a layout below served/v2, with the paths of the
# registry API.
publish() {
  local layout=$1 repository=served/v2/$2 root blob
  mkdir -p "$repository"/{blobs,manifests}
  for blob in "$layout"/blobs/sha256/*; do
    cp "$(readlink -f "$blob")" "$repository/blobs/sha256:${blob##*/}"
    if head -c 300 "$blob" | grep -aq '"schemaVersion"'; then
      cp "$(readlink -f "$blob")" "$repository/manifests/sha256:${blob##*/}"
    fi
  done
  root=$(grep -o 'sha256:[0-9a-f]*' "$layout/index.json" | head -n 1)
  cp "$repository/manifests/$root" "$repository/manifests/$3"
  chmod -R u+w served
}
