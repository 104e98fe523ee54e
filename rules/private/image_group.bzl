"""The `image_group` macro: pushes or loads many images together."""

load("//rules/private/actions:image_list.bzl", "image_list_command")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_list_info.bzl", "ImageListInfo")

def _image_group_command_impl(ctx):
    tools = dockerfile_tools(ctx)
    given = [target[ImageListInfo] for target in ctx.attr.commands]
    lists = ImageListInfo(
        lists = depset(transitive = [info.lists for info in given], order = "preorder"),
        runfiles = ctx.runfiles().merge_all([info.runfiles for info in given]),
    )
    return [
        lists,
        image_list_command(
            ctx,
            tool = getattr(tools, ctx.attr.tool),
            runfiles = tools.runfiles[ctx.attr.tool],
            lists = lists,
        ),
    ]

image_group_command = rule(
    implementation = _image_group_command_impl,
    doc = "Pushes or loads the images of several targets: `name.push` and `name.load` of `image_group`.",
    attrs = {
        "commands": attr.label_list(
            doc = "Targets that push or load: `image.push`, `image_push`, other groups.",
            mandatory = True,
            providers = [ImageListInfo],
        ),
        "tool": attr.string(
            doc = "The tool that all of them run.",
            mandatory = True,
            values = ["image_load", "image_push"],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_list_command.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def image_group(name, *, images = [], pushes = None, loads = None, tags = [], **kwargs):
    """Pushes or loads many images together, as `docker buildx bake --push` and `--load` do.

    ```starlark
    image_group(
        name = "all",
        images = ["//api:image", "//web:image"],
    )
    ```

    `bazel run //:all.push` pushes each image to the repository of its
    own `image.push`, and `bazel run //:all.load` loads each image. A blob that several
    images share is sent to a registry once. Flags follow `--`.

    Args:
      name: name of the group.
      images: labels of `dockerfile_image`s, or of other groups.
      pushes: labels of `image_push`es, or of a group's `name.push`; by default
        `image.push` of each image.
      loads: labels of `image.load`s; by default `image.load` of each image.
      tags: tags of the targets, in addition to `manual`.
      **kwargs: attributes of all targets: `visibility`, `testonly`, …
    """
    labels = [native.package_relative_label(image) for image in images]
    for suffix, commands in [("push", pushes), ("load", loads)]:
        if commands == None:
            commands = ["%s.%s" % (label, suffix) for label in labels]
        if not commands:
            continue
        image_group_command(
            name = "%s.%s" % (name, suffix),
            commands = commands,
            tags = depset(tags + ["manual"]).to_list(),
            tool = "image_" + suffix,
            **kwargs
        )
