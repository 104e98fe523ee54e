"""The action that writes config and manifest of an image."""

load("//rules/private/providers:image_info.bzl", "ImageInfo")
load(":epoch.bzl", "add_epoch")
load(":param_line.bzl", "add_pairs")
load(":run_tool.bzl", "run_tool_action")
load(":state.bzl", "add_arguments", "add_start", "instruction_lines")

def stage_image_action(ctx, *, tools, scope, start, built, labels, annotations, onbuild, plan):
    """Writes the image of a stage.

    The instructions without a layer are evaluated here: none of them has a separate
    action.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      start: from `stage_start`.
      built: from `instruction_actions`.
      labels: dict of labels that override all others.
      annotations: dict of annotations of the manifest.
      onbuild: list of triggers of the image.
      plan: File, from `plan_file`.

    Returns:
      struct(image, digest), as `manifest_action`.
    """
    config = ctx.actions.declare_file(ctx.label.name + "/config.json")
    below = [layer.descriptor for layer in start.layers]
    own = [layer.descriptor for layer in built.layers]
    args = ctx.actions.args()
    if start.config:
        args.add(start.config, format = "--parent_config=%s")
    add_start(args, start.chain, names_config = False)
    if start.chain.state:
        args.add(scope.platform, format = "--platform=%s")
    if scope.force_platform:
        args.add("--force_platform")
    add_epoch(args, scope.epoch)
    args.add_all(built.parts, format_each = "--instruction=%s")
    args.add_all(built.workdir_layers, format_each = "--workdir_layer=%s")
    add_arguments(args, scope, built.evaluated)
    add_pairs(args, "--label", labels)
    args.add_all(below, format_each = "--parent_descriptor=%s")
    args.add_all(own, format_each = "--descriptor=%s")
    args.add(config, format = "--config_out=%s")
    inputs = ([start.config] if start.config else []) + ([start.chain.state] if start.chain.state else []) + built.parts + below + own
    return _write(
        ctx,
        tools,
        args,
        inputs,
        mnemonic = "DockerfileImage",
        message = "Writing the image %%{label}%s" % instruction_lines(" of ", ctx.attr.dockerfile, built.evaluated),
        config = config,
        annotations = annotations,
        layers = start.layers + built.layers,
        onbuild = onbuild,
        platform = scope.platform,
        sources = scope.base.sources if scope.base else [],
        plans = (getattr(scope.base, "plans", []) if scope.base else []) + [plan],
    )

def stamp_action(ctx, *, tools, image, labels, annotations, status_files):
    """Writes an image with more labels, otherwise unchanged.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo.
      labels: dict of labels.
      annotations: dict of annotations of the manifest.
      status_files: list of File, the workspace status that replaces {KEY} in a
        label or annotation. Without files {KEY} is kept.

    Returns:
      struct(image, digest), as `manifest_action`.
    """
    config = ctx.actions.declare_file(ctx.label.name + "/config.json")
    descriptors = [layer.descriptor for layer in image.layers]
    args = ctx.actions.args()
    args.add("--labels_only")
    args.add(image.config, format = "--parent_config=%s")
    add_pairs(args, "--label", labels)
    args.add_all(descriptors, format_each = "--parent_descriptor=%s")
    args.add_all(status_files, format_each = "--status_file=%s")
    args.add(config, format = "--config_out=%s")
    return _write(
        ctx,
        tools,
        args,
        [image.config] + descriptors + status_files,
        mnemonic = "DockerfileStamp",
        message = "Stamping the image %{label}",
        config = config,
        annotations = annotations,
        layers = image.layers,
        onbuild = image.onbuild,
        platform = image.platform,
        sources = image.sources,
        plans = getattr(image, "plans", []),
        unstamped = image,
    )

def manifest_action(ctx, *, tools, config, layers, platform, onbuild, name, sources = [], is_rootfs = False, reference = ""):
    """Writes the manifest of an image that has a config.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      config: File.
      layers: list of LayerInfo.
      platform: string.
      onbuild: list of triggers.
      name: directory for the outputs.
      sources: of the ImageInfo.
      is_rootfs: of the ImageInfo.
      reference: of the ImageInfo.

    Returns:
      struct(image, digest): the ImageInfo, and a file with its digest.
    """
    descriptors = [layer.descriptor for layer in layers]
    args = ctx.actions.args()
    args.add(config, format = "--config=%s")
    args.add_all(descriptors, format_each = "--parent_descriptor=%s")
    return _write(
        ctx,
        tools,
        args,
        [config] + descriptors,
        mnemonic = "DockerfileManifest",
        message = "Writing the manifest of %{label}",
        config = config,
        layers = layers,
        name = name,
        onbuild = onbuild,
        platform = platform,
        is_rootfs = is_rootfs,
        reference = reference,
        sources = sources,
    )

def _write(ctx, tools, args, inputs, *, mnemonic, message, config, layers, platform, onbuild, sources, annotations = {}, plans = [], name = None, is_rootfs = False, unstamped = None, reference = ""):
    """Declares the action; it writes the config unless that is an input."""
    name = name or ctx.label.name
    manifest = ctx.actions.declare_file(name + "/manifest.json")
    descriptor = ctx.actions.declare_file(name + "/manifest.descriptor.json")
    digest = ctx.actions.declare_file(name + "/manifest.digest")
    add_pairs(args, "--annotation", annotations)
    args.add(manifest, format = "--manifest_out=%s")
    args.add(descriptor, format = "--descriptor_out=%s")
    args.add(digest, format = "--digest_out=%s")
    run_tool_action(
        ctx,
        tool = tools.image_write,
        args = args,
        inputs = inputs,
        outputs = ([] if config in inputs else [config]) + [manifest, descriptor, digest],
        mnemonic = mnemonic,
        message = message,
    )
    image = ImageInfo(
        config = config,
        manifest = manifest,
        descriptor = descriptor,
        layers = layers,
        onbuild = onbuild,
        platform = platform,
        sources = sources,
        plans = plans,
        is_rootfs = is_rootfs,
        reference = reference,
        unstamped = unstamped,
    )
    return struct(image = image, digest = digest)
