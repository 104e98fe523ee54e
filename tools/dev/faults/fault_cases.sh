# Sourced by fault_runs.sh: the commands whose faults are tested. $bin has the
# tools, $in the inputs, $out is the directory for outputs, $address the server.
# shellcheck shell=bash disable=SC2034,SC2154

# tool NAME ARGUMENT…: sets $command.
tool() {
  command=("$bin/tools/$1/$1" "${@:2}")
}

# The cases, in the order in which one's outputs are the inputs of the next:
# each is kept in $in/CASE. They write to $out alone.
cases=(
  import blobs scratch state parse copy extract index run compress compress_zstd image
  image_index layout archive import_layout import_layer inspect compare
  diff files files_one mtree mtree_diff size explain explore explore_text sbom sbom_test lock provenance base_verify
  container container_test push pull verify load load_kind add record
)

case_import() {
  tool base_import --rootfs="$in/rootfs.tar" --platform=linux/amd64 \
    --layers_out="$out/layers" --indexes_out="$out/indexes" \
    --config_out="$out/config.json"
}
case_blobs() {
  tool base_import --rootfs="$in/rootfs.tar" --platform=linux/amd64 \
    --imported_config="$in/import/config.json" --layer="$in/import/layers/0000" \
    --blobs_out="$out/blobs" --descriptors_out="$out/descriptors"
}
case_scratch() {
  tool state_write --platform=linux/amd64 --state_out="$out/state"
}
case_state() {
  tool state_write --instruction="$in/env.instruction" \
    --state="$in/scratch/state" --state_out="$out/state"
}
case_parse() {
  tool dockerfile_parse --dockerfile="$in/Dockerfile" --dump \
    --lint_json_out="$out/lint.json" --stamp="$out/stamp"
}
case_copy() {
  tool layer_copy --instruction="$in/copy.instruction" \
    --state="$in/state/state" --context_file=data="$in/data" \
    --index="$in/import/indexes/0000" --layer_out="$out/layer" \
    --index_out="$out/index" --step_out="$out/step" --state_out="$out/state"
}
case_extract() {
  tool layer_copy --instruction="$in/extract.instruction" \
    --state="$in/state/state" --context_file=files.tar.gz="$in/files.tar.gz" \
    --index="$in/import/indexes/0000" --layer_out="$out/layer" \
    --index_out="$out/index" --step_out="$out/step" --state_out="$out/state"
}
case_index() {
  tool layer_index --layer="$in/copy/layer" --index_out="$out/index"
}
case_run() {
  tool layer_run --instruction="$in/run.instruction" --state="$in/state/state" \
    --layer="$in/import/layers/0000" --index="$in/import/indexes/0000" \
    --layer_out="$out/layer" --index_out="$out/index" --step_out="$out/step"
}
case_compress() {
  tool layer_compress --layer="$in/copy/layer" --blob_out="$out/blob" \
    --descriptor_out="$out/descriptor"
}
case_compress_zstd() {
  tool layer_compress --layer="$in/copy/layer" --codec=zstd \
    --blob_out="$out/blob" --descriptor_out="$out/descriptor"
}
case_image() {
  tool image_write --parent_config="$in/import/config.json" \
    --platform=linux/amd64 --instruction="$in/copy/step" \
    --parent_descriptor="$in/blobs/descriptors/0000" \
    --descriptor="$in/compress/descriptor" --config_out="$out/config" \
    --manifest_out="$out/manifest" --descriptor_out="$out/descriptor" \
    --digest_out="$out/digest"
}
case_image_index() {
  tool index_write --descriptor="$in/image/descriptor" \
    --index_out="$out/index" --descriptor_out="$out/descriptor" \
    --digest_out="$out/digest"
}
files=(
  --manifest="$in/image/manifest" --config="$in/image/config"
  --blob="$in/blobs/blobs/0000" --descriptor="$in/blobs/descriptors/0000"
  --blob="$in/compress/blob" --descriptor="$in/compress/descriptor"
)
case_layout() {
  tool layout_assemble "${files[@]}" --layout_out="$out/layout"
}
case_archive() {
  tool layout_assemble "${files[@]}" --tag=a:b --archive_out="$out/archive.tar"
}
case_import_layout() {
  case_import
  command[1]=--layout=$in/layout/layout
}
case_import_layer() {
  tool layer_import --blob="$in/blobs/blobs/0000" \
    --media_type=application/vnd.oci.image.layer.v1.tar+gzip \
    --diff_id="sha256:$(sha256sum <"$in/import/layers/0000" | cut -d' ' -f1)" \
    --tar_out="$out/tar" --index_out="$out/index"
}
case_inspect() {
  tool image_inspect --layout="$in/layout/layout" --files
}
case_compare() {
  tool image_compare --layout="$in/layout/layout" --layout="$in/layout/layout"
}
case_diff() {
  tool layer_diff --flatten --upper="$in/import/layers/0000" \
    --upper="$in/compress/blob" --layer_out="$out/layer"
}
layers=(
  --layer="$in/import/layers/0000" --index="$in/import/indexes/0000"
  --layer="$in/copy/layer" --index="$in/copy/index"
)
case_files() {
  tool stage_extract "${layers[@]}" --path=/ --tar_out="$out/tar"
}
case_files_one() {
  tool stage_extract "${layers[@]}" --path=/data --file_out="$out/data"
}
case_mtree() {
  tool mtree_write --index="$in/copy/index" --mtree_out="$out/mtree"
}
case_mtree_diff() {
  tool mtree_diff --mtree="$in/mtree/mtree" --ignore_keyword=time --golden_out="$out/golden"
}
case_size() {
  tool image_size --config="$in/image/config" \
    --index="$in/import/indexes/0000" --descriptor="$in/blobs/descriptors/0000" \
    --index="$in/copy/index" --descriptor="$in/compress/descriptor" \
    --max=1GB --max_wasted=1 --max_layers=2
}
case_explain() {
  tool image_explain --steps="$in/steps.json" --log="$in/log" --state="$out/state"
}
case_explore() {
  tool image_explore --name=//app:image --config="$in/import/config.json" \
    --index="$in/import/indexes/0000" \
    --descriptor="$in/blobs/descriptors/0000" --html_out="$out/page"
}
case_explore_text() {
  tool image_explore --name=//app:image --config="$in/image/config" \
    --index="$in/import/indexes/0000" --descriptor="$in/blobs/descriptors/0000" \
    --index="$in/copy/index" --descriptor="$in/compress/descriptor" --text
}
case_sbom() {
  tool sbom_write --name=a --manifest_descriptor="$in/image/descriptor" \
    --config="$in/image/config" --descriptor="$in/blobs/descriptors/0000" \
    --descriptor="$in/compress/descriptor" "${layers[@]}" --file_digests \
    --origin=Dockerfile:3 --inventory_out="$out/inventory" \
    --spdx_out="$out/spdx" --cyclonedx_out="$out/cyclonedx"
}
case_sbom_test() {
  tool sbom_test --inventory="$in/sbom/inventory" --denied_package=a
}
case_lock() {
  tool network_lock_write --lock="$out/lock" --stage=0 --recorded_stage=0 \
    --platform=linux/amd64
}
case_provenance() {
  tool provenance_write --image="$in/image/descriptor" \
    --dockerfile="$in/test.yaml" --context_file=a="$in/rootfs.tar" \
    --statement_out="$out/statement"
}
# What a lock has of an image that is signed.
before_base_verify() {
  [[ -e $in/evidence.json ]] || printf \
    '{"image":"%s","policy":"//:a.verify","signatures":[%s],"documents":["%s"]}\n' \
    "example.com/a@$(<"$in/image/digest")" \
    "$(ask "/sign/example.com/a@$(<"$in/image/digest")")" \
    "$(base64 -w0 "$in/image/manifest")" >"$in/evidence.json"
}
case_base_verify() {
  tool base_verify --reference="example.com/a@$(<"$in/image/digest")" \
    --manifest="$(<"$in/image/digest")" --platform=linux/amd64 \
    --evidence="$in/evidence.json" --key="$in/key.pub" \
    --config="$in/image/config" --config_out="$out/config" \
    --descriptor="$in/blobs/descriptors/0000" --descriptor_out="$out/0.descriptor" \
    --descriptor="$in/compress/descriptor" --descriptor_out="$out/1.descriptor" \
    --index="$in/import/indexes/0000" --index_out="$out/0.index" \
    --index="$in/copy/index" --index_out="$out/1.index"
}
image=(
  --config="$in/import/config.json" --layer="$in/import/layers/0000"
  --index="$in/import/indexes/0000"
)
case_container() {
  tool image_run "${image[@]}" -- /probe write /x y
}
case_container_test() {
  tool image_test "${image[@]}" --tests=t="$in/test.yaml"
}

case_push() {
  # One blob at a time, so that the lines have one order.
  tool image_push --jobs=1 --insecure --layout="$in/layout/layout" \
    --repository="$address/a/b" --tag=v1
}
case_pull() {
  tool image_pull --insecure --reference="$address/a/b:v1" \
    --layout_out="$out/layout"
}
# So that there is something to pull.
before_pull() {
  case_push
  "${command[@]}" >/dev/null
}
case_verify() {
  tool image_verify --insecure --reference="$address/a/b:v1" --key="$in/key.pub"
}
# So that there is something to verify.
before_verify() {
  case_push
  "${command[@]}" --signer="$in/signer.sh" --signer_env="SERVER=$address" >/dev/null
}
case_load() {
  tool image_load --archive="$in/archive/archive.tar" --tag=c:d
}
case_load_kind() {
  tool image_load --archive="$in/archive/archive.tar" --to=kind
}
case_add() {
  tool remote_file_record --instruction="$in/add.instruction" --stage=0 \
    --state="$in/state/state" --platform=linux/amd64 \
    --directory_out="$out" --lock_out="$out/lock"
}
case_record() {
  tool layer_record --instruction="$in/fetch.instruction" --stage=0 \
    --state="$in/state/state" --platform=linux/amd64 \
    --layer="$in/import/layers/0000" --index="$in/import/indexes/0000" \
    --layer_out="$out/layer" --index_out="$out/index" --step_out="$out/step" \
    --lock_out="$out/lock"
}

# Those that speak to the server.
speaks() { [[ $1 =~ ^(push|pull|verify|load|add|record)$ ]]; }
