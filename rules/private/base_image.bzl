"""The `base_image` rule: an image that was not built by these rules, for FROM."""

load("//rules/private/actions:base.bzl", "import_action", "import_source")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:sbom.bzl", "SBOM")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load(":image_outputs.bzl", "image_outputs")

def _base_image_impl(ctx):
    given = [name for name in ["archive", "layout", "rootfs"] if getattr(ctx.attr, name)]
    if len(given) != 1:
        fail("%s: expected exactly one of archive, layout and rootfs, got %s" % (ctx.label, ", ".join(given) or "none"))
    if ctx.file.config and not ctx.file.rootfs:
        fail("%s: config requires rootfs: archive and layout contain a config" % ctx.label)
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
    doc = """An image that was not built by these rules, for the FROM of a Dockerfile.

```starlark
base_image(
    name = "debian",
    platform = "linux/amd64",
    rootfs = "debian-rootfs.tar.xz",
)

dockerfile_image(
    name = "image",
    bases = {"debian:latest": ":debian"},
)
```

Exactly one of `archive`, `layout` and `rootfs` is required.""",
    attrs = {
        "archive": attr.label(
            doc = "An image archive: the output of `docker save`, or an OCI image layout in a tar.",
            allow_single_file = True,
        ),
        "config": attr.label(
            doc = "The OCI image config of a `rootfs`: its environment, command and so on. By default the config is empty. An `archive` or `layout` has its own.",
            allow_single_file = [".json"],
        ),
        "layout": attr.label(
            doc = "An OCI image layout: a target with one directory, or with all files of the layout.",
            allow_files = True,
        ),
        "onbuild": attr.string_list(
            doc = "The ONBUILD triggers in the config of the image. A trigger becomes an action of the build that uses the image, so Bazel must know it before it can read the config. The build fails if they differ.",
        ),
        "platform": attr.string(
            doc = "The platform of the image, such as `linux/amd64`: selects an image of an archive or layout with several platforms, and sets the platform of a rootfs.",
            mandatory = True,
        ),
        "rootfs": attr.label(
            doc = "A tar of a root file system, compressed or not.",
            allow_single_file = True,
        ),
    } | SBOM,
    provides = [ImageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
