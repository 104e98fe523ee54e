"""The action of COPY, ADD and WORKDIR."""

load("//rules/private/context:select.bzl", "is_git")
load(":epoch.bzl", "add_epoch")
load(":instruction.bzl", "add_layer", "declare_layer")
load(":param_line.bzl", "add_file", "add_values", "param_line")
load(":run_tool.bzl", "run_tool_action")

def copy_action(ctx, *, tools, instruction, state, layers, entries, context, source_layers, reads_layers, remote_files, fetched, epoch):
    """Creates a layer of copied files.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      instruction: from `declare_instruction`.
      state: File, the state before it.
      layers: list of LayerInfo below.
      entries: entries of the build context that it may copy.
      context: BuildContextInfo, None for COPY --from.
      source_layers: list of LayerInfo of the image that --from names.
      reads_layers: whether the tars of `layers` are read, because an archive may
        link to a file in them, or only their indexes.
      remote_files: dict from URL or git reference of ADD to struct(file, modified).
      fetched: struct(lock, directory) from `record_remote_files`, or None.
      epoch: int, the latest modification time of a file; None if none is set.

    Returns:
      struct(tar, index, step, records): records are lock files.
    """
    layer = declare_layer(ctx, instruction)
    indexes = [below.index for below in layers]
    tars = [below.tar for below in layers] if reads_layers else []
    source_tars = [layer.tar for layer in source_layers]
    source_indexes = [layer.index for layer in source_layers]

    args = ctx.actions.args()
    args.add(instruction.file, format = "--instruction=%s")
    args.add(state, format = "--state=%s")
    add_context(args, context, entries, shares = True)
    inputs = _add_remote_files(args, remote_files, fetched)
    args.add_all(source_tars, format_each = "--source_layer=%s")
    args.add_all(source_indexes, format_each = "--source_index=%s")
    args.add_all(tars, format_each = "--layer=%s")
    args.add_all(indexes, format_each = "--index=%s")
    add_epoch(args, epoch)
    add_layer(args, layer)
    run_tool_action(
        ctx,
        tool = tools.layer_copy,
        args = args,
        inputs = [instruction.file, state] + tars + indexes + source_tars + source_indexes + context_inputs(context, entries) + inputs,
        outputs = [layer.tar, layer.index, layer.step],
        mnemonic = "DockerfileCopy",
        message = instruction.message,
    )
    return struct(
        tar = layer.tar,
        index = layer.index,
        step = layer.step,
        records = [fetched.lock] if fetched else [],
    )

def _add_remote_files(args, remote_files, fetched):
    """Adds the flags of what ADD does not have to fetch; returns its files."""
    for source, remote in remote_files.items():
        add_file(args, "--git_tar" if is_git(source) else "--url_file", source, remote.file)
        if remote.modified:
            add_values(args, "--url_time", ["%s=%d" % (source, remote.modified)])
    files = [remote.file for remote in remote_files.values()]
    if not fetched:
        return files
    args.add(fetched.lock, format = "--url_lock=%s")
    args.add_all([fetched.directory], format_each = "--url_directory=%s", expand_directories = False)
    return files + [fetched.lock, fetched.directory]

def add_context(args, context, entries, shares = False):
    """Adds the flags that describe a build context.

    Args:
      args: Args to add to.
      context: BuildContextInfo or None.
      entries: the entries of it that the instruction may read.
      shares: whether the tool creates hard links for shared files.
    """
    for entry in entries:
        path = entry.path.replace("%", "%%")
        flag = "--shared_file=" if entry.shared and shares else "--context_file="
        args.add_all(
            [entry.file],
            format_each = param_line(flag + path) + "=%s",
            expand_directories = False,
        )
    if context and context.archive:
        args.add(context.archive, format = "--context_tar=%s")
    if context and context.ignore:
        args.add(context.ignore, format = "--ignore=%s")

def context_inputs(context, entries):
    """Lists the files that `add_context` names.

    Args:
      context: BuildContextInfo or None.
      entries: the entries of it that the instruction may read.

    Returns:
      A list of File.
    """
    files = [entry.file for entry in entries]
    if context:
        files += [file for file in [context.archive, context.ignore] if file]
    return files
