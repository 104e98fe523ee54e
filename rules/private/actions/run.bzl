"""The action of RUN."""

load("//rules/private/outline:mounts.bzl", "mount_types")
load(":copy.bzl", "add_context", "context_inputs")
load(":epoch.bzl", "add_epoch")
load(":instruction.bzl", "add_layer", "declare_layer")
load(":network.bzl", "run_network")
load(":param_line.bzl", "add_file", "add_pairs", "add_values", "param_line")
load(":run_settings.bzl", "run_setting_flags")
load(":run_tool.bzl", "run_tool_action")

def run_action(ctx, *, tools, instruction, state, layers, entries, context, mounted, secrets, build_args, scope):
    """Runs a command in the layers below and saves its changes as a layer.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      instruction: from `declare_instruction`.
      state: File, the state before it.
      layers: list of LayerInfo below.
      entries: entries of the build context that its mounts bind.
      context: BuildContextInfo, None if no mount binds it.
      mounted: dict from a name in `--mount=from=` to struct(layers, context).
      secrets: dict from id to File.
      build_args: dict of the build arguments that RUN sees without an ARG.
      scope: from `stage_scope`.

    Returns:
      struct(tar, index, step, records): records are lock files.
    """
    layer = declare_layer(ctx, instruction)
    inputs = [instruction.file, state] + context_inputs(context, entries)

    args = ctx.actions.args()
    args.add(instruction.file, format = "--instruction=%s")
    args.add(state, format = "--state=%s")
    args.add_all([below.tar for below in layers], format_each = "--layer=%s")
    args.add_all([below.index for below in layers], format_each = "--index=%s")
    for below in layers:
        inputs += [below.tar, below.index]
    add_context(args, context, entries)
    for name, source in mounted.items():
        inputs += _add_mount(args, name, source)
    for id, secret in secrets.items():
        add_file(args, "--secret", id, secret)
        inputs.append(secret)
    add_pairs(args, "--build_arg", build_args)
    add_values(args, "--add_host", [k + "=" + v for k, v in scope.add_hosts.items()])
    network = run_network(ctx, args, tools = tools, scope = scope, instruction = instruction)
    add_epoch(args, scope.epoch)
    settings = run_setting_flags(scope.run_settings, mount_types(instruction.outline))
    args.add_all(settings.flags)
    args.add_all(scope.emulators, format_each = "--emulator=%s")
    inputs += scope.emulators
    add_layer(args, layer)
    run_tool_action(
        ctx,
        tool = network.tool,
        args = args,
        inputs = inputs + network.inputs,
        outputs = [layer.tar, layer.index, layer.step] + network.records,
        mnemonic = "DockerfileRun",
        message = instruction.message,
        requirements = network.requirements | settings.requirements,
    )
    return struct(tar = layer.tar, index = layer.index, step = layer.step, records = network.records)

def _add_mount(args, name, source):
    """Adds the flags of a --mount=from=; returns its files."""
    files = []
    for layer in source.layers:
        add_file(args, "--mount_layer", name, layer.tar)
        add_file(args, "--mount_index", name, layer.index)
        files += [layer.tar, layer.index]
    for entry in source.context.entries if source.context else []:
        args.add_all(
            [entry.file],
            format_each = param_line("--mount_file=" + name + "=" + entry.path + "=").replace("%", "%%") + "%s",
            expand_directories = False,
        )
        files.append(entry.file)
    if not files:
        add_values(args, "--mount_empty", [name])
    return files
