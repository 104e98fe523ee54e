"""The `image_explore` rule: a look inside an image, as a page and in the terminal."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:explore.bzl", "add_explored", "explore_action")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "image_directory", "path_below")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _short_path(file):
    return file.short_path

def _image_explore_impl(ctx):
    tools = dockerfile_tools(ctx)
    images = _images(ctx, ctx.attr.image)
    other = _images(ctx, ctx.attr.compare_with)[0] if ctx.attr.compare_with else None
    if other and images[0].suffix:
        fail("%s: compare_with: expected an image for one platform to compare, got %s for %s" % (
            ctx.label,
            images[0].label,
            ", ".join([image.image.platform for image in images]),
        ))
    written = [_params(ctx, image, other) for image in images]
    pages = depset([
        explore_action(
            ctx,
            tools = tools,
            image = image.image,
            name = "%s%s.html" % (ctx.label.name, image.suffix),
            label = image.label,
            inventories = image.inventories,
            other = other,
        )
        for image in images
    ])
    return [
        DefaultInfo(
            executable = _launcher(ctx, tools, images, written),
            files = pages,
            runfiles = ctx.runfiles([tools.image_explore.executable]).merge_all(
                [tools.runfiles["image_explore"]] + [params.runfiles for params in written],
            ),
        ),
        OutputGroupInfo(explore = pages),
    ]

def _images(ctx, target):
    """Returns the images of a target; of one for several platforms, each with a `suffix` and a `directory` of its files."""
    groups = target[OutputGroupInfo] if OutputGroupInfo in target else {}

    # An image that has a list of its packages.
    inventories = groups.sbom_inventory.to_list() if "sbom_inventory" in groups else []
    if ImageIndexInfo not in target:
        require_layers(target[ImageInfo], target.label, ctx.label)
        return [struct(image = target[ImageInfo], label = target.label, inventories = inventories, suffix = "", directory = "")]
    images = []
    for i, image in enumerate(target[ImageIndexInfo].images):
        require_layers(image, target.label, ctx.label)
        images.append(struct(
            image = image,
            label = target.label,
            inventories = inventories[i:i + 1],
            suffix = "." + image.platform.replace("/", "_"),
            directory = image_directory(ctx, i),
        ))
    return images

def _params(ctx, image, other):
    """Writes the flags of the tool for an image; returns struct(file, runfiles)."""
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    path = path_below if image.directory else _short_path
    files = add_explored(args, image = image.image, label = image.label, inventories = image.inventories, directory = image.directory, map_each = path)
    if other:
        files = files + add_explored(args, image = other.image, label = other.label, inventories = other.inventories, prefix = "other_", map_each = _short_path)
    params = ctx.actions.declare_file("%s%s.params" % (ctx.label.name, image.suffix))
    ctx.actions.write(params, args)
    if image.directory:
        runfiles = ctx.runfiles([params], symlinks = {image.directory + path_below(file): file for file in files})
    else:
        runfiles = ctx.runfiles([params] + files)
    return struct(file = params, runfiles = runfiles)

def _launcher(ctx, tools, images, written):
    platforms = [image.image.platform for image in images]
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {"{settings}": "\n".join([
            # One substitution, so that no value is replaced as the key of another.
            "executable=" + shell.quote(tools.image_explore.executable.short_path),
            "offered=" + shell.quote(" or ".join(platforms)),
            "params=(%s)" % " ".join([shell.quote(params.file.short_path) for params in written]),
            "platform=" + shell.quote(tools.build_platform if tools.build_platform in platforms else platforms[0]),
            "platforms=(%s)" % " ".join([shell.quote(platform) for platform in platforms]),
            "workspace=" + shell.quote(ctx.workspace_name),
        ])},
        is_executable = True,
    )
    return launcher

image_explore = rule(
    implementation = _image_explore_impl,
    doc = """Shows the layers and files of an image, and how it differs from another one.

`bazel build` writes an HTML page; `bazel run` shows the same in the terminal, or with
`-- --text` as text. `dockerfile_image` declares one as `image.explore`. With
`compare_with`, `bazel run` prints text.

Of an image for several platforms, there is a page for each, and `bazel run` shows the
image for the host, or with `-- --platform=linux/arm64` another.

```starlark
image_explore(
    name = "changes",
    image = ":image",
    compare_with = "@released//:image",
)
```""",
    attrs = {
        "compare_with": attr.label(
            doc = "An earlier image: the page shows what differs. Both are for one platform.",
            providers = [ImageInfo],
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_explore.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
