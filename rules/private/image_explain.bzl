"""The `image_explain` rule: `bazel run` explains what ran in the last build."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:image_steps_info.bzl", "ImageStepsInfo")
load(":image_steps.bzl", "image_steps")

def _image_explain_impl(ctx):
    tools = dockerfile_tools(ctx)
    executable = tools.image_explain.executable
    steps = ctx.actions.declare_file(ctx.label.name + ".steps.json")
    ctx.actions.write(steps, json.encode_indent({
        "image": str(ctx.attr.image.label).removeprefix("@@").removeprefix("@"),
        "steps": ctx.attr.image[ImageStepsInfo].steps.to_list(),
    }, indent = "  ") + "\n")
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": runfiles_path(ctx, executable),
            "{flags}": "",
            "{flag}": "steps",
            "{image}": runfiles_path(ctx, steps),
            "{tool}": "image_explain",
        },
        is_executable = True,
    )

    # The image is not among the runfiles: to explain a build must not build.
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles([steps, executable]).merge(tools.runfiles["image_explain"]),
    )]

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
        "_launcher": attr.label(
            default = "//rules/private:image_command.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
