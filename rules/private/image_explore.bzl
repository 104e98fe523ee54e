"""The `image_explore` rule: a look inside an image, as a page and in the terminal."""

load("//rules/private/actions:explore.bzl", "add_explored", "explore_action")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _short_path(file):
    return file.short_path

def _image_explore_impl(ctx):
    tools = dockerfile_tools(ctx)
    image = _image(ctx, ctx.attr.image)
    other = _image(ctx, ctx.attr.compare_with) if ctx.attr.compare_with else None
    executable = tools.image_explore.executable
    params = ctx.actions.declare_file(ctx.label.name + ".params")
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    files = add_explored(args, image = image.image, label = image.label, inventories = image.inventories, map_each = _short_path)
    if other:
        files = files + add_explored(args, image = other.image, label = other.label, inventories = other.inventories, prefix = "other_", map_each = _short_path)
    ctx.actions.write(params, args)
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": executable.short_path,
            "{params}": params.short_path,
            "{workspace}": ctx.workspace_name,
        },
        is_executable = True,
    )
    page = explore_action(ctx, tools = tools, image = image.image, name = ctx.label.name + ".html", label = image.label, inventories = image.inventories, other = other)
    return [
        DefaultInfo(
            executable = launcher,
            files = depset([page]),
            runfiles = ctx.runfiles(files + [params, executable]).merge(tools.runfiles["image_explore"]),
        ),
        OutputGroupInfo(explore = depset([page])),
    ]

def _image(ctx, target):
    require_layers(target[ImageInfo], target.label, ctx.label)
    groups = target[OutputGroupInfo] if OutputGroupInfo in target else {}
    return struct(
        image = target[ImageInfo],
        label = target.label,
        # An image that has a list of its packages.
        inventories = groups.sbom_inventory.to_list() if "sbom_inventory" in groups else [],
    )

image_explore = rule(
    implementation = _image_explore_impl,
    doc = """Shows the layers and files of an image, and how it differs from another one.

`bazel build` writes an HTML page; `bazel run` shows the same in the terminal, or with
`-- --text` as text. `dockerfile_image` declares one as `image.explore`. With
`compare_with`, `bazel run` prints text.

```starlark
image_explore(
    name = "changes",
    image = ":image",
    compare_with = "@released//:image",
)
```""",
    attrs = {
        "compare_with": attr.label(
            doc = "An earlier image: the page shows what differs.",
            providers = [ImageInfo],
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_explore.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
