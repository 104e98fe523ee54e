"""The `dockerfile_stage` rule: a stage of a Dockerfile, with one action per instruction."""

load("//rules/private/actions:emulators.bzl", "EMULATORS")
load("//rules/private/actions:image.bzl", "stage_image_action")
load("//rules/private/actions:plan.bzl", "plan_file")
load("//rules/private/actions:provenance.bzl", "stage_provenance")
load("//rules/private/actions:run_settings.bzl", "RUN_SETTINGS")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:sbom.bzl", "SBOM", "sbom_actions")
load("//rules/private/actions:stage.bzl", "instruction_actions", "stage_start")
load("//rules/private/context:build_context.bzl", "EMPTY_FILE")
load("//rules/private/outline:outline.bzl", "onbuild_trigger")
load("//rules/private/plan:global_scope.bzl", "GLOBAL_SCOPE")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/plan:sbom_scan.bzl", "scans_stage")
load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:network_lock_info.bzl", "NetworkLockInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")
load(":image_outputs.bzl", "image_outputs")
load(":stage_scope.bzl", "own_stages", "read_stage_scope")

def _dockerfile_stage_impl(ctx):
    if ctx.attr.error:
        fail(printable(ctx.attr.error))
    tools = dockerfile_tools(ctx)
    stage = json.decode(ctx.attr.stage)
    scope = read_stage_scope(ctx, tools, stage)
    start = stage_start(scope)
    built = instruction_actions(ctx, tools, scope, start)
    written = stage_image_action(
        ctx,
        tools = tools,
        scope = scope,
        start = start,
        built = built,
        annotations = ctx.attr.annotations,
        labels = ctx.attr.labels,
        onbuild = _onbuild(stage),
        plan = plan_file(ctx, stage, scope.instructions),
    )
    provenance = stage_provenance(
        ctx,
        scope = scope,
        stage = stage,
        dockerfile = ctx.file.dockerfile_file,
        stages = own_stages(ctx),
    ) if ctx.file.dockerfile_file else None
    own = sbom_actions(ctx, tools = tools, image = written.image)
    below = _scanned_below(ctx)
    return image_outputs(
        ctx,
        tools = tools,
        written = written,
        tags = ctx.attr.repo_tags,
        provenance = provenance,
        sboms = own,
        scanned = below.to_list(),
    ) + [
        StageInfo(
            name = ctx.attr.stage_name,
            origin = scope.parent.origin if scope.parent else scope.origin,
            platform = scope.platform,
            records = _records(ctx, built),
            scanned = _scanned(ctx, scope, own, below),
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
    return depset(
        [struct(stage = ctx.attr.stage_name, files = tuple(built.records))],
        transitive = [stage.records for stage in _stages_below(ctx)],
        order = "postorder",
    )

def _stages_below(ctx):
    """Returns the StageInfo of the stages that this stage is built from."""
    targets = ([ctx.attr.parent] if ctx.attr.parent else []) + ctx.attr.source_images.keys()
    return [target[StageInfo] for target in targets if StageInfo in target]

def _scanned_below(ctx):
    """Returns the SBOMs of the scanned stages that this stage is built from."""
    return depset(transitive = [stage.scanned for stage in _stages_below(ctx)], order = "postorder")

def _scanned(ctx, scope, own, below):
    """Returns the SBOMs of the scanned stages, with that of this stage if it is one."""
    if not scans_stage(
        scope.instructions,
        build_args = scope.build_args,
        escape = ctx.attr.escape,
        global_args = scope.global_args,
        stage_name = ctx.attr.stage_name,
    ):
        return below
    return depset(
        [struct(stage = ctx.attr.stage_name, inventory = sbom.inventory, spdx = sbom.spdx, cyclonedx = sbom.cyclonedx) for sbom in own],
        transitive = [below],
        order = "postorder",
    )

dockerfile_stage = rule(
    implementation = _dockerfile_stage_impl,
    doc = """Builds a stage of a Dockerfile as an image, as `docker build --target` does.

`dockerfile_image` declares one for each stage that its target needs.""",
    attrs = {
        "add_hosts": attr.string_dict(
            doc = "Addresses of hosts, lines of the /etc/hosts that RUN sees.",
        ),
        "annotations": attr.string_dict(
            doc = "Annotations of the manifest.",
        ),
        "base": attr.label(
            doc = "The image that FROM names; None for scratch and for a stage.",
            allow_files = True,
        ),
        "build_platform_base": attr.label(
            doc = "Instead of `base`: an image for the build platform.",
            cfg = "exec",
        ),
        "build_platform_source_images": attr.label_keyed_string_dict(
            doc = "As `source_images`, for the build platform.",
            cfg = "exec",
        ),
        "check": attr.label(
            doc = "The `dockerfile_check` of the Dockerfile, a validation action that runs in parallel to the build.",
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
        "dockerfile_file": attr.label(
            doc = "The Dockerfile, which only the provenance reads.",
            allow_single_file = True,
        ),
        "error": attr.string(
            doc = "Why the stage cannot be built: analysis fails with this message.",
        ),
        "labels": attr.string_dict(
            doc = "Labels that override those of the Dockerfile, as `docker build --label`.",
        ),
        "lock_command": attr.string(
            doc = "The command that locks, for messages.",
        ),
        "network": attr.string(
            doc = "The network of RUN: `none`, `host` (the network of the host that runs the action) or `locked` (only what `network_lock` contains).",
            default = "none",
            values = ["host", "locked", "none"],
        ),
        "network_lock": attr.label(
            doc = "The lock of what ADD and RUN may fetch.",
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
            doc = "Whether the layers of the base are needed, or only its config.",
            default = True,
        ),
        "record": attr.bool(
            doc = "Whether ADD and locked RUNs use the real network and record what they fetch.",
        ),
        "remote_files": attr.label_keyed_string_dict(
            doc = "Files, each with the URL or git reference of ADD that it replaces; for a git reference a tar.",
            allow_files = True,
        ),
        "repo_tags": attr.string_list(
            doc = "References that a load gives to the image, such as `app:latest`.",
        ),
        "secrets": attr.label_keyed_string_dict(
            doc = "Files, each with its id in RUN --mount=type=secret.",
            allow_files = True,
        ),
        "source_contexts": attr.label_keyed_string_dict(
            doc = "Images and files, each with a JSON list of its names in COPY --from and RUN --mount=from.",
            allow_files = True,
        ),
        "source_images": attr.label_keyed_string_dict(
            doc = "Images and stages, each with a JSON list of its names in COPY --from and RUN --mount=from.",
            allow_files = True,
        ),
        "stage": attr.string(
            doc = "The stage, as JSON of the outline.",
            mandatory = True,
        ),
        "stage_name": attr.string(
            doc = "Name of the stage, or its number if it has none.",
        ),
        "_compression": attr.label(default = "//rules/settings:compression"),
        "_compression_level": attr.label(default = "//rules/settings:compression_level"),
        "_epoch": attr.label(default = "//rules/settings:source_date_epoch"),
    } | EMPTY_FILE | EMULATORS | GLOBAL_SCOPE | RUN_SETTINGS | SBOM,
    provides = [ImageInfo, StageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
