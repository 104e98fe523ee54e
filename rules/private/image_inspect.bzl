"""The `image_command` rule: `bazel run` runs a tool on an image."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

# The format of an image that each tool reads: its flag and output group.
_FORMS = {
    "image_inspect": ("layout", "oci_layout"),
}

def _image_command_impl(ctx):
    tools = dockerfile_tools(ctx)
    tool = getattr(tools, ctx.attr.tool)
    flag, group = _FORMS[ctx.attr.tool]
    image = ctx.attr.image[OutputGroupInfo][group].to_list()[0]
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": runfiles_path(ctx, tool.executable),
            "{flags}": " ".join([shell.quote(f) for f in ctx.attr.flags]),
            "{flag}": flag,
            "{image}": runfiles_path(ctx, image),
            "{tool}": ctx.attr.tool,
        },
        is_executable = True,
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles([image, tool.executable]).merge(tools.runfiles[ctx.attr.tool]),
    )]

image_command = rule(
    implementation = _image_command_impl,
    doc = """Runs a tool on an image with `bazel run`. Flags of the tool follow `--`.

`bazel run //app:image.inspect -- --files` also lists the files.""",
    attrs = {
        "flags": attr.string_list(
            doc = "Flags of the tool.",
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
        "tool": attr.string(
            doc = "The tool.",
            mandatory = True,
            values = _FORMS.keys(),
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_command.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
