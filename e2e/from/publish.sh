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

# sign DIGEST REPOSITORY KEY: adds a signature of docker.io/REPOSITORY to the registry, in
# cosign's format.
sign() {
  local repository=served/v2/$2 payload signature blob
  payload='{"critical":{"identity":{"docker-reference":"docker.io/'$2'"},"image":{"docker-manifest-digest":"'$1'"},"type":"cosign container image signature"},"optional":null}'
  printf %s "$payload" >payload
  signature=$(openssl dgst -sha256 -sign "$3" payload | base64 -w0)
  blob='"digest":"sha256:'$(sha256sum payload | cut -c1-64)'","size":'${#payload}
  cp payload "$repository/blobs/sha256:$(sha256sum payload | cut -c1-64)"
  cat >"$repository/manifests/sha256-${1#sha256:}.sig" <<END
{"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",$blob},"layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json",$blob,"annotations":{"dev.cosignproject.cosign/signature":"$signature"}}]}
END
}
