"""The `network_lock_update` rule: `bazel run` locks what instructions fetch."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/providers:stage_info.bzl", "StageInfo")

def _network_lock_update_impl(ctx):
    tools = dockerfile_tools(ctx)
    image = ctx.attr.image[StageInfo]
    recorded = image.records.to_list()
    records = [file for stage in recorded for file in stage.files]
    flags = ["--platform=" + image.platform]
    flags += ["--stage=" + name for name in ctx.attr.stages]
    flags += ["--recorded_stage=" + stage.stage for stage in recorded]
    tool = tools.network_lock_write.executable
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": runfiles_path(ctx, tool),
            "{flags}": " ".join([shell.quote(flag) for flag in flags]),
            "{lock}": shell.quote(ctx.attr.lock),
            "{records}": " ".join([shell.quote(runfiles_path(ctx, file)) for file in records]),
        },
        is_executable = True,
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(records + [tool]).merge(tools.runfiles["network_lock_write"]),
    )]

network_lock_update = rule(
    implementation = _network_lock_update_impl,
    doc = """Writes the lock of a Dockerfile from what an image's instructions fetch.

`bazel run //app:image.lock` builds the image with the real network, records
what its ADDs and locked RUNs ask for, and brings `app/Dockerfile.lock` up to
date: what other stages and platforms have locked stays.""",
    attrs = {
        "image": attr.label(
            doc = "The image, as a stage that records.",
            mandatory = True,
            providers = [StageInfo],
        ),
        "lock": attr.string(
            doc = "Path of the lock file in the workspace.",
            mandatory = True,
        ),
        "stages": attr.string_list(
            doc = "All stages of the Dockerfile, in its order.",
            mandatory = True,
        ),
        "_launcher": attr.label(
            default = "//rules/private/network:network_lock_update.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
