"""The `dockerfile_stage` rule: a stage of a Dockerfile, with one action per instruction."""

load("//rules/private/actions:documents.bzl", "config_action", "manifest_action")
load("//rules/private/actions:emulators.bzl", "EMULATORS", "EMULATOR_TOOLCHAIN")
load("//rules/private/actions:run_settings.bzl", "RUN_SETTINGS")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:stage.bzl", "instruction_actions", "start_actions")
load("//rules/private/context:build_context.bzl", "EMPTY_FILE")
load("//rules/private/outline:outline.bzl", "onbuild_trigger")
load("//rules/private/plan:global_scope.bzl", "GLOBAL_SCOPE")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:network_lock_info.bzl", "NetworkLockInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")
load(":image_outputs.bzl", "image_outputs")
load(":stage_scope.bzl", "read_stage_scope")

def _dockerfile_stage_impl(ctx):
    if ctx.attr.error:
        fail(printable(ctx.attr.error))
    tools = dockerfile_tools(ctx)
    stage = json.decode(ctx.attr.stage)
    scope = read_stage_scope(ctx, tools, stage)
    start = start_actions(ctx, tools, scope)
    built = instruction_actions(ctx, tools, scope, start)
    config = config_action(
        ctx,
        tools = tools,
        parent = start.config,
        platform = scope.platform,
        force_platform = scope.force_platform,
        epoch = scope.epoch,
        steps = start.steps + built.steps,
        descriptors = [layer.descriptor for layer in built.layers],
        labels = ctx.attr.labels,
    )
    written = manifest_action(
        ctx,
        tools = tools,
        config = config,
        layers = start.layers + built.layers,
        platform = scope.platform,
        onbuild = _onbuild(stage),
        annotations = ctx.attr.annotations,
        sources = scope.base.sources if scope.base else [],
    )
    return image_outputs(ctx, tools = tools, written = written, tags = ctx.attr.repo_tags) + [
        StageInfo(
            name = ctx.attr.stage_name,
            origin = scope.parent.origin if scope.parent else scope.origin,
            platform = scope.platform,
            records = _records(ctx, built),
            state = built.state,
            workdir_state = built.workdir_state,
        ),
    ]

def _onbuild(stage):
    """Returns the triggers that a stage records."""
    return [
        onbuild_trigger(instruction)
        for instruction in stage["instructions"]
        if instruction["keyword"] == "ONBUILD"
    ]

def _records(ctx, built):
    """Returns the recorded lock files of this stage and of those that it is built from."""
    targets = ([ctx.attr.parent] if ctx.attr.parent else []) + ctx.attr.source_images.keys()
    return depset(
        [struct(stage = ctx.attr.stage_name, files = tuple(built.records))],
        transitive = [target[StageInfo].records for target in targets if StageInfo in target],
        order = "postorder",
    )

dockerfile_stage = rule(
    implementation = _dockerfile_stage_impl,
    doc = """A stage of a Dockerfile as an image, as `docker build --target` makes it.

`dockerfile_image` declares one for each stage that its target needs.""",
    attrs = {
        "add_hosts": attr.string_dict(
            doc = "Addresses of hosts, which RUN finds in its /etc/hosts.",
        ),
        "annotations": attr.string_dict(
            doc = "Annotations of the manifest.",
        ),
        "base": attr.label(
            doc = "The image that FROM names; none for scratch and for a stage.",
            allow_files = True,
        ),
        "build_platform_base": attr.label(
            doc = "In place of `base`: an image for the platform that the build is on.",
            cfg = "exec",
        ),
        "build_platform_source_images": attr.label_keyed_string_dict(
            doc = "As `source_images`, for the platform that the build is on.",
            cfg = "exec",
        ),
        "check": attr.label(
            doc = "The validation of the Dockerfile, which runs beside the build.",
        ),
        "context": attr.label(
            doc = "The build context.",
            mandatory = True,
            providers = [BuildContextInfo],
        ),
        "dockerfile": attr.string(
            doc = "Path of the Dockerfile, for messages.",
            mandatory = True,
        ),
        "error": attr.string(
            doc = "Why the stage cannot be built; analysis fails with it.",
        ),
        "labels": attr.string_dict(
            doc = "Labels that override those of the Dockerfile, as `docker build --label`.",
        ),
        "lock_command": attr.string(
            doc = "The command that locks, for messages.",
        ),
        "network": attr.string(
            doc = "The network of RUN: `none`, `host` for the network of the machine that runs the action, or `locked` for what `network_lock` holds.",
            default = "none",
            values = ["host", "locked", "none"],
        ),
        "network_lock": attr.label(
            doc = "What ADD and RUN may fetch.",
            providers = [NetworkLockInfo],
        ),
        "parent": attr.label(
            doc = "The stage of the same Dockerfile that FROM names.",
            providers = [ImageInfo, StageInfo],
        ),
        "platform": attr.string(
            doc = "The platform of the image, such as `linux/amd64`.",
            mandatory = True,
        ),
        "reads_layers": attr.bool(
            doc = "Whether the layers of the base are needed, and not only its config.",
            default = True,
        ),
        "record": attr.bool(
            doc = "Whether ADD and locked RUNs ask the real network, and lock what it says.",
        ),
        "remote_files": attr.label_keyed_string_dict(
            doc = "Files, and the URL or git reference under which ADD names each; of a git reference a tar.",
            allow_files = True,
        ),
        "repo_tags": attr.string_list(
            doc = "References that a load gives the image, such as `app:latest`.",
        ),
        "secrets": attr.label_keyed_string_dict(
            doc = "Files, and the id under which RUN --mount=type=secret asks for each.",
            allow_files = True,
        ),
        "source_contexts": attr.label_keyed_string_dict(
            doc = "Images and files, and a JSON list of the names that COPY --from and RUN --mount=from call each by.",
            allow_files = True,
        ),
        "source_images": attr.label_keyed_string_dict(
            doc = "Images and stages, and a JSON list of the names that COPY --from and RUN --mount=from call each by.",
            allow_files = True,
        ),
        "stage": attr.string(
            doc = "The stage, as JSON of the outline.",
            mandatory = True,
        ),
        "stage_name": attr.string(
            doc = "Name of the stage, or its number.",
        ),
        "_compression": attr.label(default = "//rules/settings:compression"),
        "_compression_level": attr.label(default = "//rules/settings:compression_level"),
        "_epoch": attr.label(default = "//rules/settings:source_date_epoch"),
    } | EMPTY_FILE | EMULATORS | GLOBAL_SCOPE | RUN_SETTINGS,
    provides = [ImageInfo, StageInfo],
    toolchains = [TOOLCHAIN_TYPE, EMULATOR_TOOLCHAIN],
)
