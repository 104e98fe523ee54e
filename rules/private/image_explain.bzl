"""The `image_explain` rule: `bazel run` explains what ran in the last build."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:image_steps_info.bzl", "ImageStepsInfo")
load(":image_command.bzl", "IMAGE_COMMAND", "image_command")
load(":image_steps.bzl", "image_steps")

def _image_explain_impl(ctx):
    steps = ctx.actions.declare_file(ctx.label.name + ".steps.json")
    ctx.actions.write(steps, json.encode_indent({
        "image": str(ctx.attr.image.label).removeprefix("@@").removeprefix("@"),
        "steps": ctx.attr.image[ImageStepsInfo].steps.to_list(),
    }, indent = "  ") + "\n")

    # The image is not among the runfiles: to explain a build must not build.
    return [image_command(ctx, tool = "image_explain", flag = "steps", file = steps)]

image_explain = rule(
    implementation = _image_explain_impl,
    doc = "Explains with `bazel run` which instructions of an image ran in the last build, and why (docs/debugging.md).",
    attrs = {
        "image": attr.label(
            doc = "The image.",
            aspects = [image_steps],
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
    } | IMAGE_COMMAND,
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
