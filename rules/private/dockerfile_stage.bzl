"""The `dockerfile_stage` rule: a stage of a Dockerfile, an action an instruction."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private/actions:base.bzl", "image_of_target")
load("//rules/private/actions:documents.bzl", "config_action", "manifest_action")
load("//rules/private/actions:emulators.bzl", "EMULATORS", "EMULATOR_TOOLCHAIN", "emulators_for")
load("//rules/private/actions:network.bzl", "locked_remote_files")
load("//rules/private/actions:run_settings.bzl", "RUN_SETTINGS", "run_settings")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:stage.bzl", "instruction_actions", "start_actions")
load("//rules/private/context:build_context.bzl", "EMPTY_FILE", "context_of_target")
load("//rules/private/outline:outline.bzl", "onbuild_trigger", "outline_trigger")
load("//rules/private/plan:arguments.bzl", "global_arguments", "platform_arguments")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:given_arguments.bzl", "given_arguments")
load("//rules/private/plan:platform.bzl", "normalize_platform")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")
load("//rules/private/providers:network_lock_info.bzl", "NetworkLockInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")
load(":image_outputs.bzl", "image_outputs")

def _dockerfile_stage_impl(ctx):
    if ctx.attr.error:
        fail(printable(ctx.attr.error))
    tools = dockerfile_tools(ctx)
    stage = json.decode(ctx.attr.stage)
    plan = _plan(ctx, stage, tools)
    start = start_actions(ctx, tools, plan)
    built = instruction_actions(ctx, tools, plan, start)
    config = config_action(
        ctx,
        tools = tools,
        parent = start.config,
        platform = plan.platform,
        force_platform = plan.force_platform,
        epoch = plan.epoch,
        steps = start.steps + built.steps,
        descriptors = [layer.descriptor for layer in built.layers],
        labels = ctx.attr.labels,
    )
    written = manifest_action(
        ctx,
        tools = tools,
        config = config,
        layers = start.layers + built.layers,
        platform = plan.platform,
        onbuild = [
            onbuild_trigger(instruction)
            for instruction in stage["instructions"]
            if instruction["keyword"] == "ONBUILD"
        ],
        annotations = ctx.attr.annotations,
        sources = plan.base.sources if plan.base else [],
    )
    return image_outputs(ctx, tools = tools, written = written, tags = ctx.attr.repo_tags) + [
        StageInfo(
            state = built.state,
            place = built.place,
            name = ctx.attr.stage_name,
            where = plan.parent.where if plan.parent else plan.where,
            platform = plan.platform,
            records = depset(
                [struct(stage = ctx.attr.stage_name, files = tuple(built.records))],
                transitive = [stage.records for stage in _stages(ctx)],
                order = "postorder",
            ),
        ),
    ]

def _stages(ctx):
    """Returns the StageInfo of the stages that this one is made from."""
    targets = ([ctx.attr.parent] if ctx.attr.parent else []) + ctx.attr.source_images.keys()
    return [target[StageInfo] for target in targets if StageInfo in target]

def _plan(ctx, stage, tools):
    """Gathers what the instructions of a stage are built from."""
    build_args = given_arguments(ctx)
    target_platform = normalize_platform(ctx.attr.platform, tools.build_platform)
    arguments = global_arguments(
        {"global_args": json.decode(ctx.attr.global_args), "escape": ctx.attr.escape},
        build_args,
        platform_arguments("TARGET", target_platform) |
        platform_arguments("BUILD", tools.build_platform) |
        {"TARGETSTAGE": ctx.attr.target_stage},
    )
    platform = expand_word(stage["platform"], arguments.values, ctx.attr.escape)
    where = "%s:%d" % (ctx.attr.dockerfile, stage["line"])
    if platform.error:
        fail(printable("%s: --platform: %s" % (where, platform.error)))

    stage_where = where
    where = "%s: FROM %s" % (where, stage["base"])

    # scratch has nothing to choose from: it is what the build is for. A stage
    # has its own platform, which a FROM of it takes over, as in BuildKit.
    base_target = ctx.attr.base or ctx.attr.build_platform_base
    chosen = platform.text if base_target else ""
    platform = normalize_platform(chosen, tools.build_platform) if chosen else target_platform
    base = None
    if ctx.attr.parent:
        base = ctx.attr.parent[ImageInfo]
        platform = base.platform
    elif base_target:
        base = image_of_target(
            ctx,
            base_target,
            tools = tools,
            platform = platform,
            name = ctx.label.name + "/base",
            wanted_by = where,
            is_chosen = chosen != "",
        )
        if ctx.attr.reads_layers:
            require_layers(base, base_target.label, where)
    network = struct(
        kind = ctx.attr.network,
        lock = ctx.attr.network_lock[NetworkLockInfo] if ctx.attr.network_lock else None,
        record = ctx.attr.record,
        relock = ctx.attr.relock,
        stage = ctx.attr.stage_name,
    )
    return struct(
        add_hosts = ctx.attr.add_hosts,
        base = base,
        parent = ctx.attr.parent[StageInfo] if ctx.attr.parent else None,
        build_args = build_args,
        compression = struct(
            codec = ctx.attr._compression[BuildSettingInfo].value,
            level = ctx.attr._compression_level[BuildSettingInfo].value,
        ),
        context = ctx.attr.context[BuildContextInfo],
        escape = ctx.attr.escape,
        emulators = emulators_for(ctx, tools = tools, platform = platform),
        epoch = _epoch(ctx, arguments.values | build_args),
        force_platform = bool(stage["platform"]) and base != None,
        global_args = arguments.values,
        instructions = _triggers(base, stage, stage_where) + stage["instructions"],
        network = network,
        platform = platform,
        remote_files = locked_remote_files(network, platform, where) | {
            source: struct(file = target[DefaultInfo].files.to_list()[0], modified = 0)
            for target, source in ctx.attr.remote_files.items()
        },
        run_settings = run_settings(ctx),
        secrets = {
            id: target[DefaultInfo].files.to_list()[0]
            for target, id in ctx.attr.secrets.items()
        },
        sources = _sources(ctx, tools, platform, stage_where),
        where = where,
    )

def _epoch(ctx, arguments):
    """Returns the latest time of what is built (Dockerfile reference, SOURCE_DATE_EPOCH), or None.

    The files of a build have no time of their own, so `context` or the name of a
    stage is what the setting says. Any other value is for the check to refuse.
    """
    given = arguments.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    value = ctx.attr._epoch[BuildSettingInfo].value
    return value if value >= 0 else None

def _sources(ctx, tools, platform, where):
    """Returns what each name in --from means: struct(layers, context)."""
    nothing = BuildContextInfo(entries = [], archive = None, ignore = None)
    sources = {"scratch": struct(layers = [], context = nothing)}
    for i, (target, names) in enumerate(ctx.attr.source_images.items() + ctx.attr.build_platform_source_images.items()):
        image = image_of_target(ctx, target, tools = tools, platform = platform, name = "%s/source%d" % (ctx.label.name, i))
        require_layers(image, target.label, "%s: --from=%s" % (where, ", --from=".join(json.decode(names))))
        sources.update({name: struct(layers = image.layers, context = None) for name in json.decode(names)})
    for target, names in ctx.attr.source_contexts.items():
        if ImageInfo in target:
            require_layers(target[ImageInfo], target.label, "%s: --from=%s" % (where, ", --from=".join(json.decode(names))))
            source = struct(layers = target[ImageInfo].layers, context = None)
        else:
            source = struct(layers = [], context = context_of_target(ctx, target))
        sources.update({name: source for name in json.decode(names)})
    return sources

def _triggers(base, stage, where):
    if not base:
        return []
    triggers = []
    for text in base.onbuild:
        trigger = outline_trigger(text, stage["line"])
        if not trigger:
            fail(printable("%s: onbuild trigger should be a single expression: \"%s\"" % (where, text)))
        triggers.append(trigger)
    return triggers

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
        "build_args": attr.string_dict(
            doc = "Build arguments.",
        ),
        "build_arg_flags": attr.label_keyed_string_dict(
            doc = "Build settings and the build argument that each gives a value.",
            providers = [BuildSettingInfo],
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
        "escape": attr.string(
            doc = "The escape token.",
            default = "\\",
        ),
        "global_args": attr.string(
            doc = "The ARGs before the first FROM, as JSON of the outline.",
            default = "[]",
        ),
        "labels": attr.string_dict(
            doc = "Labels that override those of the Dockerfile, as `docker build --label`.",
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
        "relock": attr.string(
            doc = "The command that locks, for messages.",
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
        "target_stage": attr.string(
            doc = "The value of the automatic argument TARGETSTAGE.",
            default = "default",
        ),
        "_compression": attr.label(default = "//rules/settings:compression"),
        "_compression_level": attr.label(default = "//rules/settings:compression_level"),
        "_epoch": attr.label(default = "//rules/settings:source_date_epoch"),
    } | EMPTY_FILE | EMULATORS | RUN_SETTINGS,
    provides = [ImageInfo, StageInfo],
    toolchains = [TOOLCHAIN_TYPE, EMULATOR_TOOLCHAIN],
)
