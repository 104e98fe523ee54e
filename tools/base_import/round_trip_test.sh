#!/usr/bin/env bash
# The tools one after the other, as actions run them: a layer becomes an image,
# and importing its layout and archive with base_import results in that image again.
set -euo pipefail

tool() {
  local name=$1
  shift
  "tools/$name/$name" "$@"
}

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

readonly out=$TEST_TMPDIR
mkdir -p "$out/root/etc"
echo data >"$out/root/etc/file"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=pax \
  --pax-option=delete=atime,delete=ctime -C "$out/root" -cf "$out/layer.tar" etc

cat >"$out/copy.step.json" <<'END'
{"config": {}, "history": {"created_by": "COPY etc /etc # buildkit", "comment": "buildkit.dockerfile.v0"}}
END
echo 'CMD ["sh"]' >"$out/cmd.instruction"
tool layer_compress --layer="$out/layer.tar" --codec=gzip \
  --blob_out="$out/blob" --descriptor_out="$out/descriptor.json"
# A param file, as Bazel writes it for many arguments.
cat >"$out/config.params" <<END
--platform=linux/amd64
--instruction=$out/copy.step.json
--instruction=$out/cmd.instruction
--descriptor=$out/descriptor.json
--label=a=b=c
--annotation=k=v
--config_out=$out/config.json
--manifest_out=$out/manifest.json
END
tool image_write "@$out/config.params"
grep -q '"a": "b=c"' "$out/config.json" || fail "the label is not in the config"
grep -q '"sh"' "$out/config.json" || fail "the CMD is not in the config"

# assemble CONFIG BLOB DESCRIPTOR OUT: writes OUT.layout and OUT.tar, and prints
# the digest of the manifest.
assemble() {
  tool image_write --config="$1" --descriptor="$3" --annotation=k=v \
    --manifest_out="$4.manifest.json" --descriptor_out="$4.descriptor.json" \
    --digest_out="$4.digest"
  local files=(--manifest="$4.manifest.json" --config="$1" --blob="$2" --descriptor="$3")
  tool layout_assemble "${files[@]}" --layout_out="$4.layout"
  tool layout_assemble "${files[@]}" --tag=a:b --archive_out="$4.tar"
  cat "$4.digest"
}

import() {
  rm -rf "$out/import"
  tool base_import "$1" --platform=linux/amd64 --layers_out="$out/import/layers" \
    --indexes_out="$out/import/indexes" --config_out="$out/import/config.json"
  tool base_import "$1" --platform=linux/amd64 --imported_config="$out/import/config.json" \
    --blobs_out="$out/import/blobs" --descriptors_out="$out/import/descriptors"
}

digest=$(assemble "$out/config.json" "$out/blob" "$out/descriptor.json" "$out/first")
cmp "$out/manifest.json" "$out/first.manifest.json"
for source in "--layout=$out/first.layout" "--archive=$out/first.tar"; do
  import "$source"
  cmp "$out/layer.tar" "$out/import/layers/0000"
  cmp "$out/blob" "$out/import/blobs/0000"
  again=$(assemble "$out/import/config.json" "$out/import/blobs/0000" \
    "$out/import/descriptors/0000" "$out/again")
  [[ $again == "$digest" ]] || fail "$source: the digest is $again, not $digest"
  diff -r "$out/first.layout" "$out/again.layout"
  cmp "$out/first.tar" "$out/again.tar"
  rm -r "$out/again.layout"
  echo "ok: $source results in the same image"
done

# No output of a failure.
echo '{"config": {"Env": 1}, "history": null}' >"$out/bad.step.json"
if tool image_write --platform=linux/amd64 --instruction="$out/bad.step.json" \
  --config_out="$out/bad.json" --manifest_out="$out/bad.manifest.json" 2>"$out/message"; then
  fail "a bad step is taken"
fi
[[ $(<"$out/message") == 'image_write: step 2: field "Env": expected an array, got a number' ]] ||
  fail "the message is: $(<"$out/message")"
[[ ! -e $out/bad.json && ! -e $out/bad.manifest.json ]] || fail "the config of a bad step is written"
echo "ok: a failure leaves no output"
