"""Lists of the files of images, for tools that push or load them."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:image_list_info.bzl", "ImageListInfo")
load(":runfiles.bzl", "image_directory", "path_below", "runfiles_path")

def image_list_action(ctx, *, target, lines = [], files = {}, attestations = [], brings_layers = True):
    """Writes the list of the files of an image, docs/design/0001_artifacts.md, "Image list".

    Args:
      ctx: the rule's context.
      target: Target with ImageInfo or ImageIndexInfo.
      lines: list of string, more lines.
      files: dict from a key to a list of File, more lines and files of the list.
      attestations: from `attestation_files`.
      brings_layers: whether the layers are in the runfiles, which `bazel run`
        downloads from a remote cache; else the tool searches them in the outputs.

    Returns:
      ImageListInfo.
    """
    index = target[ImageIndexInfo] if ImageIndexInfo in target else None
    images = index.images if index else [target[ImageInfo]]
    output = ctx.actions.declare_file(ctx.label.name + ".image")
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    own = files | ({"index": [index.index]} if index else {})
    for key, named in own.items():
        args.add_all(named, format_each = key + "=%s", map_each = _short_path)
    direct = [output] + [file for named in own.values() for file in named]
    symlinks = {}
    for i, image in enumerate(images):
        directory = image_directory(ctx, i) if index else ""
        layers = [layer for layer in image.layers if layer.blob]
        blobs = [layer.blob for layer in layers]
        if not brings_layers:
            # From the runfiles of the workspace, which are beside the executable,
            # up to the directory in which the paths of outputs begin.
            up = "../" * (output.path.count("/") + 2)
            args.add_all(blobs, format_each = "blob=" + up + "%s")
        for key, named in {
            "blob": blobs if brings_layers else [],
            "config": [image.config],
            "descriptor": [layer.descriptor for layer in layers],
            "manifest": [image.manifest],
        }.items() + [
            ("attestation=%d:%s" % (i, attestation.kind), [attestation.file])
            for attestation in attestations
            if attestation.image == i
        ]:
            separator = ":" if key.startswith("attestation=") else "="
            args.add_all(named, format_each = key + separator + directory + "%s", map_each = path_below if index else _short_path)
            if index:
                symlinks |= {directory + path_below(file): file for file in named}
            else:
                direct += named
        args.add_all(getattr(image, "sources", []), format_each = "base=%s")
    args.add_all(lines)
    ctx.actions.write(output, args)
    return ImageListInfo(
        lists = depset([output]),
        runfiles = ctx.runfiles(direct, symlinks = symlinks),
    )

def image_list_command(ctx, *, tool, runfiles, lists, flags = []):
    """Writes the executable of a rule, which runs a tool on lists.

    Args:
      ctx: the rule's context, with an attribute `_launcher`.
      tool: FilesToRunProvider.
      runfiles: of the tool.
      lists: ImageListInfo.
      flags: list of string, of the tool.

    Returns:
      DefaultInfo.
    """
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": runfiles_path(ctx, tool.executable),
            "{flags}": " ".join([shell.quote(flag) for flag in flags]),
            "{images}": " ".join([
                "--image=\"$runfiles/%s\"" % runfiles_path(ctx, file)
                for file in lists.lists.to_list()
            ]),
            "{workspace}": ctx.workspace_name,
        },
        is_executable = True,
    )
    return DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles([tool.executable]).merge_all([runfiles, lists.runfiles]),
    )

def _short_path(file):
    return file.short_path
