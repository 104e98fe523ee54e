"""The files of an image, for a tool that `bazel run` or `bazel test` runs on them."""

def image_files_action(ctx, *, image, name, lines = []):
    """Writes a param file that names the files of an image, relative to the runfiles of the workspace.

    Args:
      ctx: the rule's context.
      image: ImageInfo.
      name: name of the param file.
      lines: list of string, more arguments.

    Returns:
      struct(params, files): the param file, and all files that a run needs, including
      the param file.
    """
    params = ctx.actions.declare_file(name)
    layers = [layer.tar for layer in image.layers]
    indexes = [layer.index for layer in image.layers]
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    args.add_all([image.config], format_each = "--config=%s", map_each = short_path)
    args.add_all(layers, format_each = "--layer=%s", map_each = short_path)
    args.add_all(indexes, format_each = "--index=%s", map_each = short_path)
    args.add_all(lines)
    ctx.actions.write(params, args)
    return struct(params = params, files = [params, image.config] + layers + indexes)

def image_launcher(ctx, *, executable, params):
    """Writes the executable of a rule, from its template `_launcher`, that runs a tool with a param file.

    Args:
      ctx: the rule's context.
      executable: File, the tool.
      params: File, from `image_files_action`.

    Returns:
      File: the executable, with the name of the target.
    """
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": executable.short_path,
            "{params}": params.short_path,
            "{workspace}": ctx.workspace_name,
        },
        is_executable = True,
    )
    return launcher

def short_path(file):
    """Returns the path of a file relative to the runfiles of the workspace, for `map_each`.

    Args:
      file: File.
    """
    return file.short_path
