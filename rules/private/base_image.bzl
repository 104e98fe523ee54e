"""The `base_image` rule: an image that something else made, for FROM."""

load("//rules/private/actions:base.bzl", "import_action", "import_source")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load(":image_outputs.bzl", "image_outputs")

def _base_image_impl(ctx):
    given = [name for name in ["archive", "layout", "rootfs"] if getattr(ctx.attr, name)]
    if len(given) != 1:
        fail("%s: want exactly one of archive, layout and rootfs, got %s" % (ctx.label, ", ".join(given) or "none"))
    if ctx.file.config and not ctx.file.rootfs:
        fail("%s: config: only a rootfs needs one; archive and layout have their own" % ctx.label)
    tools = dockerfile_tools(ctx)
    source = import_source(ctx, getattr(ctx.attr, given[0]), given[0])
    written = import_action(
        ctx,
        tools = tools,
        source = source,
        config = ctx.file.config,
        platform = ctx.attr.platform,
        onbuild = ctx.attr.onbuild,
        name = ctx.label.name,
        required_by = "%s: platform" % ctx.label,
    )
    return image_outputs(ctx, tools = tools, written = written, tags = [])

base_image = rule(
    implementation = _base_image_impl,
    doc = """An image that something else made, for the FROM of a Dockerfile.

```starlark
base_image(
    name = "debian",
    rootfs = "debian-rootfs.tar.xz",
)

dockerfile_image(
    name = "image",
    bases = {"debian:latest": ":debian"},
)
```""",
    attrs = {
        "archive": attr.label(
            doc = "An image archive: of `docker save`, or an OCI image layout in a tar.",
            allow_single_file = True,
        ),
        "config": attr.label(
            doc = "The OCI image config of a `rootfs`: its env, cmd and so on. Without it the config is empty.",
            allow_single_file = [".json"],
        ),
        "layout": attr.label(
            doc = "An OCI image layout: a target with one directory, or with all of its files.",
            allow_files = True,
        ),
        "onbuild": attr.string_list(
            doc = "The ONBUILD triggers in the config of the image. A trigger becomes an action of the build that uses the image, so Bazel has to know it before it can read the config; the build fails if they differ.",
        ),
        "platform": attr.string(
            doc = "Which image of a layout of several platforms, and the platform of a rootfs.",
            mandatory = True,
        ),
        "rootfs": attr.label(
            doc = "A tar of a root file system, compressed or not.",
            allow_single_file = True,
        ),
    },
    provides = [ImageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
