"""The scope of a stage: the inputs and settings of its instructions."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private/actions:base.bzl", "image_of_target")
load("//rules/private/actions:emulators.bzl", "emulators_for")
load("//rules/private/actions:network.bzl", "locked_remote_files")
load("//rules/private/actions:run_settings.bzl", "run_settings")
load("//rules/private/context:build_context.bzl", "context_of_target")
load("//rules/private/outline:outline.bzl", "outline_trigger")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:global_scope.bzl", "build_arguments", "global_scope")
load("//rules/private/plan:platform.bzl", "normalize_platform")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")
load("//rules/private/providers:network_lock_info.bzl", "NetworkLockInfo")
load("//rules/private/providers:provenance_info.bzl", "ProvenanceInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")

def stage_scope(
        *,
        add_hosts,
        base,
        build_args,
        compression,
        context,
        emulators,
        epoch,
        force_platform,
        global_args,
        instructions,
        network,
        origin,
        parent,
        platform,
        remote_files,
        run_settings,
        secrets,
        sources):
    """Returns the scope of a stage, a struct of the arguments.

    Args:
      add_hosts: dict from host name to address, for the /etc/hosts that RUN sees.
      base: ImageInfo of the image that FROM names; None for scratch.
      build_args: dict of build arguments.
      compression: struct(codec, level) for layers.
      context: BuildContextInfo of the build context.
      emulators: list of File, for programs of a foreign architecture.
      epoch: int, the latest time of a file and of the image, in seconds since the
        Unix epoch; None if none is set.
      force_platform: whether `platform` replaces the platform in the base's config.
      global_args: dict of the global arguments that have a value.
      instructions: list of instructions of an outline: the triggers of the base,
        then those of the stage.
      network: struct(kind, lock, record, lock_command, stage): the network of RUN,
        NetworkLockInfo or None, whether to record fetched files, the command that
        locks, the name of the stage in the lock.
      origin: the FROM of the stage, for messages, such as
        `app/Dockerfile:1: FROM base`.
      parent: StageInfo of the stage that FROM names; None for an image or scratch.
      platform: string, platform of the image.
      remote_files: dict from URL or git reference to struct(file, modified): files
        that ADD does not fetch; `modified` in seconds since the Unix epoch.
      run_settings: struct from `run_settings`.
      secrets: dict from id to File.
      sources: dict from a name in --from to struct(layers, context, image): `image`
        is the ImageInfo of an image, and not of a stage of the same Dockerfile.
    """
    return struct(
        add_hosts = add_hosts,
        base = base,
        build_args = build_args,
        compression = compression,
        context = context,
        emulators = emulators,
        epoch = epoch,
        force_platform = force_platform,
        global_args = global_args,
        instructions = instructions,
        network = network,
        origin = origin,
        parent = parent,
        platform = platform,
        remote_files = remote_files,
        run_settings = run_settings,
        secrets = secrets,
        sources = sources,
    )

def read_stage_scope(ctx, tools, stage):
    """Returns the scope of a stage, from `stage_scope`.

    Args:
      ctx: context of `dockerfile_stage`.
      tools: DockerfileToolsInfo.
      stage: the stage, of an outline.
    """
    target_platform = normalize_platform(ctx.attr.platform, tools.build_platform)
    global_args = global_scope(ctx, target_platform = target_platform, build_platform = tools.build_platform)
    where = "%s:%d" % (ctx.attr.dockerfile, stage["line"])
    origin = "%s: FROM %s" % (where, stage["base"])
    from_image = _image_of_from(ctx, tools, _chosen_platform(ctx, stage, global_args, where), target_platform, origin)
    platform = from_image.platform
    build_args = build_arguments(ctx)
    network = struct(
        kind = ctx.attr.network,
        lock = ctx.attr.network_lock[NetworkLockInfo] if ctx.attr.network_lock else None,
        lock_command = ctx.attr.lock_command,
        record = ctx.attr.record,
        stage = ctx.attr.stage_name,
    )
    return stage_scope(
        add_hosts = ctx.attr.add_hosts,
        base = from_image.base,
        build_args = build_args,
        compression = struct(
            codec = ctx.attr._compression[BuildSettingInfo].value,
            level = ctx.attr._compression_level[BuildSettingInfo].value,
        ),
        context = ctx.attr.context[BuildContextInfo],
        emulators = emulators_for(ctx, tools = tools, platform = platform),
        epoch = _epoch(ctx, global_args | build_args),
        force_platform = bool(stage["platform"]) and from_image.base != None,
        global_args = global_args,
        instructions = _triggers(from_image.base, stage, where) + stage["instructions"],
        network = network,
        origin = origin,
        parent = ctx.attr.parent[StageInfo] if ctx.attr.parent else None,
        platform = platform,
        remote_files = locked_remote_files(network, platform, origin) | _given_remote_files(ctx),
        run_settings = run_settings(ctx),
        secrets = {id: target[DefaultInfo].files.to_list()[0] for target, id in ctx.attr.secrets.items()},
        sources = _sources(ctx, tools, platform, where),
    )

def _chosen_platform(ctx, stage, global_args, where):
    """Returns the --platform of a FROM, "" if it has none."""
    chosen = expand_word(stage["platform"], global_args, ctx.attr.escape)
    if chosen.error:
        fail(printable("%s: --platform: %s" % (where, chosen.error)))
    return chosen.text

def _image_of_from(ctx, tools, chosen, target_platform, origin):
    """Returns struct(base, platform): the image that FROM names, or None for scratch."""

    # A stage has its own platform, which a FROM of it takes over, as in BuildKit.
    if ctx.attr.parent:
        base = ctx.attr.parent[ImageInfo]
        return struct(base = base, platform = base.platform)
    target = ctx.attr.base or ctx.attr.build_platform_base

    # scratch has no platforms to choose from: its platform is the target platform.
    if not target:
        return struct(base = None, platform = target_platform)
    platform = normalize_platform(chosen, tools.build_platform) if chosen else target_platform
    base = image_of_target(
        ctx,
        target,
        tools = tools,
        platform = platform,
        name = ctx.label.name + "/base",
        required_by = origin,
        is_chosen = chosen != "",
    )
    if ctx.attr.reads_layers:
        require_layers(base, target.label, origin)
    return struct(base = base, platform = platform)

def _epoch(ctx, arguments):
    """Returns the latest time of a file (Dockerfile reference, SOURCE_DATE_EPOCH), or None.

    The files of a build context have no time in Bazel, so the build setting
    replaces the values `context` and the name of a stage. The check refuses any
    other value.
    """
    given = arguments.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    value = ctx.attr._epoch[BuildSettingInfo].value
    return value if value >= 0 else None

def _given_remote_files(ctx):
    return {
        source: struct(file = target[DefaultInfo].files.to_list()[0], modified = 0)
        for target, source in ctx.attr.remote_files.items()
    }

def _sources(ctx, tools, platform, where):
    """Returns what each name in --from means: struct(layers, context)."""
    nothing = BuildContextInfo(entries = [], archive = None, ignore = None)
    sources = {"scratch": struct(layers = [], context = nothing)}
    for i, (target, names) in enumerate(ctx.attr.source_images.items() + ctx.attr.build_platform_source_images.items()):
        image = image_of_target(ctx, target, tools = tools, platform = platform, name = "%s/source%d" % (ctx.label.name, i))
        sources.update(_image_source(image, target.label, json.decode(names), where, None if _is_own_stage(ctx, target) else image))
    for target, names in ctx.attr.source_contexts.items():
        if ImageInfo in target:
            sources.update(_image_source(target[ImageInfo], target.label, json.decode(names), where, target[ImageInfo]))
        else:
            source = struct(layers = [], context = context_of_target(ctx, target))
            sources.update({name: source for name in json.decode(names)})
    return sources

def _image_source(image, label, names, where, material):
    require_layers(image, label, "%s: --from=%s" % (where, ", --from=".join(names)))
    return {name: struct(layers = image.layers, context = None, image = material) for name in names}

def own_stages(ctx):
    """Returns the stages of the same Dockerfile that a stage is built from.

    Args:
      ctx: context of `dockerfile_stage`.

    Returns:
      list of ProvenanceInfo.
    """
    targets = ([ctx.attr.parent] if ctx.attr.parent else []) + ctx.attr.source_images.keys()
    return [target[ProvenanceInfo] for target in targets if _is_own_stage(ctx, target)]

def _is_own_stage(ctx, target):
    return ProvenanceInfo in target and target[ProvenanceInfo].dockerfile == ctx.file.dockerfile_file

def _triggers(base, stage, where):
    """Returns the ONBUILD triggers of a base as instructions of an outline."""
    triggers = []
    for text in base.onbuild if base else []:
        trigger = outline_trigger(text, stage["line"])
        if not trigger:
            fail(printable("%s: onbuild trigger should be a single expression: \"%s\"" % (where, text)))
        triggers.append(trigger)
    return triggers
