"""Imports an image that was not built by these rules."""

load("//rules/private/plan:platform.bzl", "same_architecture")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load(":image.bzl", "manifest_action")
load(":run_tool.bzl", "run_tool_action")

_ARCHIVES = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.bz2"]

def image_of_target(ctx, target, *, tools, platform, name, required_by = None, is_chosen = False):
    """Returns a target as an image.

    Args:
      ctx: the rule's context.
      target: a target with ImageInfo, or whose files are an OCI image layout or
        an image archive.
      tools: DockerfileToolsInfo.
      platform: string, platform of the image; selects an image of an index.
      name: directory for the outputs of an import.
      required_by: the FROM that requires the platform, for messages. An image for
        another platform is then an error.
      is_chosen: whether the FROM has a --platform.

    Returns:
      ImageInfo, not stamped: the workspace status describes the target, not the
      images that are based on it, and must not be in the keys of their actions.
    """
    if ImageInfo in target:
        image = _without_stamp(target[ImageInfo])
        is_fixed = required_by and not (is_chosen and image.is_rootfs)
        if is_fixed and not same_architecture(image.platform, platform):
            fail(printable("%s: expected an image for %s, got %s of %s" % (
                required_by,
                platform,
                image.platform,
                target.label,
            )))
        return image
    if ImageIndexInfo in target:
        image = _image_of_platform(target, platform, required_by or ctx.label)
        return _without_stamp(image)
    return import_action(
        ctx,
        tools = tools,
        source = import_source(ctx, target),
        config = None,
        platform = platform,
        onbuild = [],
        name = name,
        required_by = required_by,
    ).image

def _without_stamp(image):
    # Custom rules may not set the field.
    return getattr(image, "unstamped", None) or image

def config_of_target(ctx, target, *, tools, platform, name, required_by):
    """Returns the config of a target that is an image.

    Args:
      ctx: the rule's context.
      target: as for `image_of_target`.
      tools: DockerfileToolsInfo.
      platform: string, platform of the image; selects an image of an index.
      name: directory for the outputs of an import.
      required_by: the FROM that requires the platform, for messages.

    Returns:
      A File.
    """
    if ImageInfo in target:
        return target[ImageInfo].config
    if ImageIndexInfo in target:
        return _image_of_platform(target, platform, required_by).config
    source = import_source(ctx, target)
    config = ctx.actions.declare_file(name + "/imported.config.json")
    args = ctx.actions.args()
    _add_source(args, source, platform)
    args.add(config, format = "--config_out=%s")
    _run_import(ctx, tools, source, args, source.inputs, [config])
    return config

def _image_of_platform(target, platform, required_by):
    images = target[ImageIndexInfo].images
    for image in images:
        if image.platform == platform:
            return image
    fail(printable("%s: expected an image for %s, got %s of %s" % (
        required_by,
        platform,
        ", ".join([image.platform for image in images]),
        target.label,
    )))

def import_source(ctx, target, kind = None):
    """Returns what `import_action` imports.

    Args:
      ctx: the rule's context.
      target: a target with the files of an image.
      kind: "layout", "archive" or "rootfs"; None to derive it from the files.

    Returns:
      struct(kind, path, inputs, label).
    """
    files = target[DefaultInfo].files.to_list()
    layout = _layout_path(files)
    archive = files[0] if len(files) == 1 and not layout else None
    if kind == None and archive and [e for e in _ARCHIVES if archive.basename.endswith(e)]:
        kind = "archive"
    elif kind == None and layout:
        kind = "layout"
    path = layout if kind == "layout" else archive
    if not kind or not path:
        fail("%s: %s is not an image: expected a base_image, a dockerfile_image, an OCI image layout (a directory, or its files with oci-layout) or an archive (%s), got %s" % (
            ctx.label,
            target.label,
            ", ".join(_ARCHIVES),
            ", ".join([f.short_path for f in files]) or "no files",
        ))
    return struct(
        kind = kind,
        path = path,
        # A layout may consist of symlinks to blobs in its runfiles.
        inputs = depset(files, transitive = [target[DefaultInfo].default_runfiles.files]),
        label = target.label,
    )

def import_action(ctx, *, tools, source, config, platform, onbuild, name, required_by = None, reference = ""):
    """Imports an image.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      source: from `import_source`.
      config: File, the config of a rootfs; None if there is none.
      platform: string, platform of the image; selects an image of an index.
      onbuild: list of triggers that the config is declared to have.
      name: directory for the outputs.
      required_by: what requires the platform, for messages. An image for another
        platform is then an error, otherwise a warning.
      reference: of the ImageInfo.

    Returns:
      struct(image, digest).
    """
    layers = ctx.actions.declare_directory(name + "/layers")
    indexes = ctx.actions.declare_directory(name + "/indexes")
    imported_config = ctx.actions.declare_file(name + "/imported.config.json")
    args = ctx.actions.args()
    _add_source(args, source, platform)
    if config:
        args.add(config, format = "--config=%s")
    if required_by:
        args.add(required_by, format = "--wanted_by=%s")
    _add_directories(args, {"layers": layers, "indexes": indexes})
    args.add(imported_config, format = "--config_out=%s")
    inputs = depset([config] if config else [], transitive = [source.inputs])
    _run_import(ctx, tools, source, args, inputs, [layers, indexes, imported_config])
    stored = _blobs_action(ctx, tools, source, platform, imported_config, layers, name)
    return manifest_action(
        ctx,
        tools = tools,
        config = imported_config,
        layers = [LayerInfo(tar = layers, index = indexes, blob = stored.blobs, descriptor = stored.descriptors, origin = None)],
        platform = platform,
        onbuild = onbuild,
        name = name,
        is_rootfs = source.kind == "rootfs",
        reference = reference,
    )

def _blobs_action(ctx, tools, source, platform, config, layers, name):
    """Keeps or compresses the layers of an import; no instruction depends on the result."""
    blobs = ctx.actions.declare_directory(name + "/blobs")
    descriptors = ctx.actions.declare_directory(name + "/descriptors")

    # A layout has no layers without a blob.
    given = [layers] if source.kind != "layout" else []
    args = ctx.actions.args()
    _add_source(args, source, platform)
    args.add(config, format = "--imported_config=%s")
    args.add_all(given, format_each = "--layer=%s")
    _add_directories(args, {"blobs": blobs, "descriptors": descriptors})
    run_tool_action(
        ctx,
        tool = tools.base_import,
        args = args,
        inputs = depset([config] + given, transitive = [source.inputs]),
        outputs = [blobs, descriptors],
        mnemonic = "DockerfileCompress",
        message = "Compressing the layers of %s" % source.label,
    )
    return struct(blobs = blobs, descriptors = descriptors)

def _add_directories(args, directories):
    for name, directory in directories.items():
        args.add_all([directory], format_each = "--" + name + "_out=%s", expand_directories = False)

def _add_source(args, source, platform):
    args.add_all([source.path], format_each = "--" + source.kind + "=%s", expand_directories = False)
    args.add(platform, format = "--platform=%s")

def _run_import(ctx, tools, source, args, inputs, outputs):
    run_tool_action(
        ctx,
        tool = tools.base_import,
        args = args,
        inputs = inputs,
        outputs = outputs,
        mnemonic = "DockerfileBase",
        message = "Importing the image %s" % source.label,
    )

def _layout_path(files):
    """Returns the directory of an OCI image layout, or None."""
    if len(files) == 1 and files[0].is_directory:
        return files[0]
    markers = [file for file in files if file.basename == "oci-layout"]
    return markers[0].dirname if len(markers) == 1 else None
