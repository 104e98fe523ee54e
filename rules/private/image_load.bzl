"""The `image_load` rule: `bazel run` puts an image into Docker or podman."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _image_load_impl(ctx):
    tool = dockerfile_tools(ctx).image_load
    archive = ctx.attr.image[OutputGroupInfo].oci_tarball.to_list()[0]
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{archive}": _runfiles_path(ctx, archive),
            "{tool}": _runfiles_path(ctx, tool.executable),
        },
        is_executable = True,
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles([archive, tool.executable]),
    )]

def _runfiles_path(ctx, file):
    if file.short_path.startswith("../"):
        return file.short_path[len("../"):]
    return ctx.workspace_name + "/" + file.short_path

image_load = rule(
    implementation = _image_load_impl,
    doc = """Loads an image into the daemon at `DOCKER_HOST` or `/var/run/docker.sock`.

`bazel run //app:image.load -- --tag=app:v1` gives it one more tag.""",
    attrs = {
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_load.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
