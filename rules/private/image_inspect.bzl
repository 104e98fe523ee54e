"""The `image_inspect` rule: `bazel run` prints what an image is."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load(":image_command.bzl", "IMAGE_COMMAND", "image_command")

def _image_inspect_impl(ctx):
    layout = ctx.attr.image[OutputGroupInfo].oci_layout.to_list()[0]
    return [image_command(ctx, tool = "image_inspect", flag = "layout", file = layout)]

image_inspect = rule(
    implementation = _image_inspect_impl,
    doc = """Prints config, history and layers of an image. Flags of the tool follow `--`.

`bazel run //app:image.inspect -- --files` also lists the files.""",
    attrs = {
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
    } | IMAGE_COMMAND,
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
