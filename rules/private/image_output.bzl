"""The `image_output` rule: one output group of an image as a target."""

load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _image_output_impl(ctx):
    files = ctx.attr.image[OutputGroupInfo][ctx.attr.group]
    return [DefaultInfo(
        files = files,
        runfiles = ctx.runfiles(transitive_files = files),
    )]

image_output = rule(
    implementation = _image_output_impl,
    doc = """An output group of an image as a separate target.

`image.layout` is the directory that rules_oci accepts as a base, `image.digest`
a file with the text `sha256:…`.""",
    attrs = {
        "group": attr.string(
            doc = "Name of the output group.",
            mandatory = True,
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
    },
)
