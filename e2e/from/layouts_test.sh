#!/usr/bin/env bash
# Image layouts of other rules as a base, and ours as theirs. Neither rules_oci
# nor rules_img is here: the rules below hand over what theirs do.
source e2e/support/nested/nested.sh

new_workspace //base:Dockerfile //app:Dockerfile
mkdir app base peers
cat >base/Dockerfile <<'END'
FROM scratch
ENV BASE=given
COPY bin/sh /bin/sh
RUN echo base > /base
END
cat >base/BUILD.bazel <<'END'
load("@dockerfiles//base:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    visibility = ["//visibility:public"],
)
END
cat >app/Dockerfile <<'END'
FROM base
LABEL base=$BASE
RUN echo app > /app
END

cat >peers/peers.bzl <<'END'
"""Images as other rules hand them over, and as they take them."""

# A layout whose blobs are links to those of another, relative and out of their
# directory (rules_oci's image.sh; rules_img, where Bazel permits them).
_LINK = """
mkdir -p "$2/blobs/sha256"
cp "$1/index.json" "$1/oci-layout" "$2"
for blob in "$1"/blobs/sha256/*; do
  ln -s "$(realpath --no-symlinks --relative-to="$2/blobs/sha256" "$blob")" "$2/blobs/sha256/${blob##*/}"
done
"""

# rules_img's sparse layout: descriptors in place of the layers.
_SPARSE = """
mkdir -p "$2/blobs/sha256"
cp "$1/index.json" "$1/oci-layout" "$2"
touch "$2/sparse-oci-layout"
for blob in "$1"/blobs/sha256/*; do
  if [ "$(head -c 1 "$blob")" = "{" ]; then
    cp "$blob" "$2/blobs/sha256/"
  else
    echo '{}' > "$2/blobs/sha256/${blob##*/}.descriptor.json"
  fi
done
"""

def _directory(ctx, name, layout, command):
    output = ctx.actions.declare_directory(name)
    ctx.actions.run_shell(
        arguments = [layout.path, output.path],
        command = "set -e" + command,
        inputs = depset([layout], transitive = [ctx.attr.layout[DefaultInfo].default_runfiles.files]),
        outputs = [output],
    )
    return output

def _oci_image_impl(ctx):
    output = _directory(ctx, ctx.label.name, ctx.file.layout, _LINK)
    runfiles = ctx.runfiles([ctx.file.layout]).merge(ctx.attr.layout[DefaultInfo].default_runfiles)
    return [DefaultInfo(files = depset([output]), runfiles = runfiles)]

oci_image = rule(
    implementation = _oci_image_impl,
    attrs = {"layout": attr.label(allow_single_file = True)},
)

def _image_manifest_impl(ctx):
    manifest = ctx.actions.declare_file(ctx.label.name + "_manifest.json")
    ctx.actions.write(manifest, "{}")
    return [
        DefaultInfo(files = depset([manifest]), runfiles = ctx.runfiles([ctx.file.layout])),
        OutputGroupInfo(
            oci_layout = depset([_directory(ctx, ctx.label.name + "_layout", ctx.file.layout, _LINK)]),
            sparse_oci_layout = depset([_directory(ctx, ctx.label.name + "_sparse", ctx.file.layout, _SPARSE)]),
        ),
    ]

image_manifest = rule(
    implementation = _image_manifest_impl,
    attrs = {"layout": attr.label(allow_single_file = True)},
)

# What rules_oci's oci_image does with its base: one directory, of which it reads
# the first manifest and its config; a layer is only to be there.
_READ = """
field() { tr -d ' \\n' <"$1" | grep -o "\\"$2\\":[^]]*" | head -n 1; }
digests() { grep -o 'sha256:[0-9a-f]\\{64\\}' | cut -d: -f2; }
test "$(grep -o '"digest"' "$1/index.json" | wc -l)" = 1
manifest=$1/blobs/sha256/$(digests <"$1/index.json")
grep -q '"mediaType": *"application/vnd.oci.image.manifest.v1+json"' "$manifest"
for digest in $(digests <"$manifest"); do
  echo "$digest  $1/blobs/sha256/$digest"
done | sha256sum --check --quiet
cat "$1/oci-layout" "$manifest" > "$2"
"""

def _oci_base_reader_impl(ctx):
    files = ctx.attr.base[DefaultInfo].files.to_list()
    if len(files) != 1 or not files[0].is_directory:
        fail("expected one directory, got", files)
    output = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run_shell(
        arguments = [files[0].path, output.path],
        command = "set -e" + _READ,
        inputs = depset(files, transitive = [ctx.attr.base[DefaultInfo].default_runfiles.files]),
        outputs = [output],
    )
    return [DefaultInfo(files = depset([output]))]

oci_base_reader = rule(implementation = _oci_base_reader_impl, attrs = {"base": attr.label()})
END
cat >peers/BUILD.bazel <<'END'
load(":peers.bzl", "image_manifest", "oci_base_reader", "oci_image")
package(default_visibility = ["//visibility:public"])
oci_image(name = "oci", layout = "//base:image.layout")
oci_image(name = "oci_on_oci", layout = ":oci")
image_manifest(name = "img", layout = "//base:image.layout")
filegroup(name = "img_layout", srcs = [":img"], output_group = "oci_layout")
filegroup(name = "img_sparse", srcs = [":img"], output_group = "sparse_oci_layout")
oci_base_reader(name = "reads_ours", base = "//base:image.layout")
oci_base_reader(name = "reads_ours_on_theirs", base = "//app:image.layout")
END

given() { # the base
  cat >app/BUILD.bazel <<END
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(name = "image", bases = {"base": "$1"}, visibility = ["//visibility:public"])
END
}
layers() { tr -d ' \n' <bazel-bin/app/image/manifest.json | grep -o '"layers":.*'; }

given //base:image
build //app:image || { cat build.log >&2; exit 1; }
want=$(layers)
for base in oci oci_on_oci img_layout; do
  given "//peers:$base"
  for strategy in sandboxed local; do
    nested_bazel clean >/dev/null 2>&1
    build "--spawn_strategy=$strategy" //app:image //peers:reads_ours_on_theirs || { cat build.log >&2; exit 1; }
    expect_equal "$base, $strategy: the layers are those of the base by its label" "$(layers)" "$want"
    expect_equal "$base, $strategy: its config counts" \
      "$(tr -d ' \n' <bazel-bin/app/image/config.json | grep -o '"Labels":[^}]*}')" '"Labels":{"base":"given"}'
  done
done
build //peers:reads_ours || { cat build.log >&2; exit 1; }
echo "ok: image.layout is what oci_image takes as its base"

given //peers:img_sparse
expect_failure "a sparse layout has no layers" 'is missing from the layout' //app:image

# --- what readers of layouts say
given //peers:oci
build //app:image.layout //peers:oci || { cat build.log >&2; exit 1; }
if command -v skopeo >/dev/null && command -v umoci >/dev/null; then
  for layout in bazel-bin/peers/oci bazel-bin/app/image/layout; do
    skopeo copy --insecure-policy --quiet "oci:$PWD/$layout" "oci:$PWD/copy:tag"
    expect_equal "skopeo copies $layout" "$(skopeo inspect --format '{{.Digest}}' "oci:$PWD/copy:tag")" \
      "$(grep -o 'sha256:[0-9a-f]*' "$layout/index.json")"
    umoci unpack --rootless --image copy:tag bundle >umoci.log 2>&1 || { cat umoci.log >&2; exit 1; }
    expect_equal "umoci unpacks $layout" "$(cat bundle/rootfs/base)" base
    rm -rf copy bundle
  done
else
  echo "skipped: no skopeo, or no umoci"
fi
echo "all tests passed"
