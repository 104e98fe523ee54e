"""The `image_load` rule: `bazel run` loads an image into a container engine."""

load("//rules/private/actions:image_list.bzl", "image_list_action", "image_list_command")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _image_load_impl(ctx):
    tools = dockerfile_tools(ctx)
    lists = image_list_action(
        ctx,
        target = ctx.attr.image,
        lines = ["name=" + name for name in ctx.attr.repo_tags],
    )
    return [
        lists,
        image_list_command(
            ctx,
            tool = tools.image_load,
            runfiles = tools.runfiles["image_load"],
            lists = lists,
        ),
    ]

image_load = rule(
    implementation = _image_load_impl,
    doc = "Loads an image into Docker, podman, containerd or kind: `image.load` of `dockerfile_image`.",
    attrs = {
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
        "repo_tags": attr.string_list(
            doc = "References that the load gives to the image.",
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_list_command.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
