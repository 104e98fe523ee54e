"""The `image_run` rule: `bazel run` runs a container of an image."""

load("//rules/private/actions:container_settings.bzl", "CONTAINER_SETTINGS", "container_settings")
load("//rules/private/actions:image_files.bzl", "image_files_action", "image_launcher")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _image_run_impl(ctx):
    require_layers(ctx.attr.image[ImageInfo], ctx.attr.image.label, ctx.label)
    tools = dockerfile_tools(ctx)
    executable = tools.image_run.executable
    settings = container_settings(ctx, tools = tools, image = ctx.attr.image[ImageInfo])
    image = image_files_action(
        ctx,
        image = ctx.attr.image[ImageInfo],
        name = ctx.label.name + ".params",
        lines = settings.flags,
    )
    launcher = image_launcher(ctx, executable = executable, params = image.params)
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(image.files + settings.files + [executable]).merge(tools.runfiles["image_run"]),
    )]

image_run = rule(
    implementation = _image_run_impl,
    doc = """Runs a container of an image with `bazel run`. Flags of `docker run` follow `--`, then the command.

```
bazel run //app:image.run -- -e DEBUG=1 -v ./data:/data -it sh
```""",
    attrs = {
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_run.sh.template",
            allow_single_file = True,
        ),
    } | CONTAINER_SETTINGS,
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
