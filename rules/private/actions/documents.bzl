"""The actions that write OCI documents: config, manifest, layout, archive."""

load("//rules/private/plan:reference.bzl", "tag_of")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load(":epoch.bzl", "add_epoch")
load(":param_line.bzl", "add_pairs")
load(":run_tool.bzl", "run_tool_action")

def config_action(ctx, *, tools, parent, platform, force_platform, epoch, steps, descriptors, labels):
    """Writes an image config.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      parent: File, the config of the base; None for scratch.
      platform: string.
      force_platform: whether the platform replaces the parent's.
      epoch: int, seconds; None if none is set.
      steps: list of File.
      descriptors: list of File, of the layers that the steps created.
      labels: dict of labels that override all others.

    Returns:
      The config, a File.
    """
    config = ctx.actions.declare_file(ctx.label.name + "/config.json")
    args = ctx.actions.args()
    if parent:
        args.add(parent, format = "--parent_config=%s")
    args.add(platform, format = "--platform=%s")
    if force_platform:
        args.add("--force_platform")
    add_epoch(args, epoch)
    args.add_all(steps, format_each = "--step=%s")
    args.add_all(descriptors, format_each = "--descriptor=%s")
    add_pairs(args, "--label", labels)
    args.add(config, format = "--config_out=%s")
    run_tool_action(
        ctx,
        tool = tools.config_write,
        args = args,
        inputs = ([parent] if parent else []) + steps + descriptors,
        outputs = [config],
        mnemonic = "DockerfileConfig",
        message = "Writing the image config of %{label}",
    )
    return config

def labels_action(ctx, *, tools, config, labels, status_files):
    """Writes an image config with more labels, otherwise unchanged.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      config: File.
      labels: dict of labels.
      status_files: list of File, the workspace status that replaces {KEY} in a
        label. Without files {KEY} is kept.

    Returns:
      The config, a File.
    """
    output = ctx.actions.declare_file(ctx.label.name + "/config.json")
    args = ctx.actions.args()
    args.add("--labels_only")
    args.add(config, format = "--parent_config=%s")
    add_pairs(args, "--label", labels)
    args.add_all(status_files, format_each = "--status_file=%s")
    args.add(output, format = "--config_out=%s")
    run_tool_action(
        ctx,
        tool = tools.config_write,
        args = args,
        inputs = [config] + status_files,
        outputs = [output],
        mnemonic = "DockerfileStamp",
        message = "Stamping the image config of %{label}",
    )
    return output

def manifest_action(ctx, *, tools, config, layers, platform, onbuild, name = None, annotations = {}, status_files = [], sources = [], is_rootfs = False, unstamped = None):
    """Writes an image manifest.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      config: File.
      layers: list of LayerInfo.
      platform: string.
      onbuild: list of triggers.
      name: directory for the outputs; None for the name of the target.
      annotations: dict of annotations of the manifest.
      status_files: as for `labels_action`, for annotations.
      sources: of the ImageInfo.
      is_rootfs: of the ImageInfo.
      unstamped: of the ImageInfo.

    Returns:
      struct(image, digest): the ImageInfo, and a file with its digest.
    """
    name = name or ctx.label.name
    manifest = ctx.actions.declare_file(name + "/manifest.json")
    descriptor = ctx.actions.declare_file(name + "/manifest.descriptor.json")
    digest = ctx.actions.declare_file(name + "/manifest.digest")
    descriptors = [layer.descriptor for layer in layers]
    args = ctx.actions.args()
    args.add(config, format = "--config=%s")
    args.add_all(descriptors, format_each = "--descriptor=%s")
    add_pairs(args, "--annotation", annotations)
    args.add_all(status_files, format_each = "--status_file=%s")
    args.add(manifest, format = "--manifest_out=%s")
    args.add(descriptor, format = "--descriptor_out=%s")
    args.add(digest, format = "--digest_out=%s")
    run_tool_action(
        ctx,
        tool = tools.manifest_write,
        args = args,
        inputs = [config] + descriptors + status_files,
        outputs = [manifest, descriptor, digest],
        mnemonic = "DockerfileManifest",
        message = "Writing the image manifest of %{label}",
    )
    image = ImageInfo(
        config = config,
        manifest = manifest,
        descriptor = descriptor,
        layers = layers,
        onbuild = onbuild,
        platform = platform,
        sources = sources,
        is_rootfs = is_rootfs,
        unstamped = unstamped,
    )
    return struct(image = image, digest = digest)

def layout_action(ctx, *, tools, images, name, tags, index = None):
    """Assembles an OCI image layout.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      images: list of ImageInfo.
      name: name of the directory.
      tags: list of references that a load gives to the image. The layout names the
        image by the tag of the first, else `latest`.
      index: File, the image index over several images.

    Returns:
      The layout, a directory.
    """
    layout = ctx.actions.declare_directory(name)
    args = ctx.actions.args()
    args.add(tag_of(tags[0]) if tags else "latest", format = "--ref_name=%s")
    args.add_all([layout], format_each = "--layout_out=%s", expand_directories = False)
    _assemble(ctx, tools, images, index, args, layout, "DockerfileLayout", "Assembling the image layout of %{label}")
    return layout

def archive_action(ctx, *, tools, images, name, tags, index = None):
    """Assembles an archive that `docker load` and OCI tools read.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      images: list of ImageInfo.
      name: name of the file.
      tags: list of references that a load gives to the image.
      index: File, the image index over several images.

    Returns:
      The archive, a File.
    """
    archive = ctx.actions.declare_file(name)
    args = ctx.actions.args()
    args.add_all(tags, format_each = "--tag=%s")
    args.add(archive, format = "--archive_out=%s")
    _assemble(ctx, tools, images, index, args, archive, "DockerfileArchive", "Assembling the image archive of %{label}")
    return archive

def _assemble(ctx, tools, images, index, args, output, mnemonic, message):
    manifests = [image.manifest for image in images]
    configs = [image.config for image in images]
    blobs = [layer.blob for image in images for layer in image.layers]
    descriptors = [layer.descriptor for image in images for layer in image.layers]
    args.add_all(manifests, format_each = "--manifest=%s")
    args.add_all(configs, format_each = "--config=%s")
    args.add_all(blobs, format_each = "--blob=%s")
    args.add_all(descriptors, format_each = "--descriptor=%s")
    if index:
        args.add(index, format = "--index=%s")
    run_tool_action(
        ctx,
        tool = tools.layout_assemble,
        args = args,
        inputs = manifests + configs + blobs + descriptors + ([index] if index else []),
        outputs = [output],
        mnemonic = mnemonic,
        message = message,
    )
