"""Lists of the files of images, for tools that push or load them when they are run."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:image_list_info.bzl", "ImageListInfo")
load(":runfiles.bzl", "runfiles_path")

def image_list_action(ctx, *, target, lines = [], files = {}):
    """Writes the list of the files of an image, docs/design/0001_artifacts.md, "Image list".

    Args:
      ctx: the rule's context.
      target: Target with ImageInfo or ImageIndexInfo.
      lines: list of string, more lines.
      files: dict from a key to a list of File, more lines and files of the list.

    Returns:
      ImageListInfo.
    """
    index = [target[ImageIndexInfo].index] if ImageIndexInfo in target else []
    images = target[ImageIndexInfo].images if index else [target[ImageInfo]]
    layers = [layer for image in images for layer in image.layers if layer.blob]
    keys = {
        "blob": [layer.blob for layer in layers],
        "config": [image.config for image in images],
        "descriptor": [layer.descriptor for layer in layers],
        "index": index,
        "manifest": [image.manifest for image in images],
    } | files
    output = ctx.actions.declare_file(ctx.label.name + ".image")
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    for key, named in keys.items():
        args.add_all(named, format_each = key + "=%s", map_each = _short_path)
    args.add_all(lines)
    for image in images:
        args.add_all(getattr(image, "sources", []), format_each = "base=%s")
    ctx.actions.write(output, args)
    return ImageListInfo(
        files = depset([output] + [file for named in keys.values() for file in named]),
        lists = depset([output]),
    )

def image_list_command(ctx, *, tool, runfiles, lists, flags = []):
    """Writes the executable of a rule, which gives lists to a tool.

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
        runfiles = ctx.runfiles(
            [tool.executable],
            transitive_files = lists.files,
        ).merge(runfiles),
    )

def _short_path(file):
    return file.short_path
