"""The network of RUN and ADD: none, the host's, or what a lock contains."""

load("//rules/private/context:select.bzl", "is_remote")
load("//rules/private/providers:network_lock_info.bzl", "locked_run_key")
load(":instruction.bzl", "declare_artifact")
load(":param_line.bzl", "add_values")
load(":run_tool.bzl", "RECORDING", "run_tool_action")

def run_network(ctx, args, *, tools, scope, instruction):
    """Adds the flags of the network of a RUN.

    Args:
      ctx: the rule's context.
      args: Args to add to.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      instruction: from `declare_instruction`.

    Returns:
      struct(tool, inputs, records, requirements): the tool that runs it, the files
      that it reads, the lock files that it writes, and `execution_requirements`.
    """
    network = scope.network
    if network.kind != "locked":
        args.add(network.kind, format = "--network=%s")
        return struct(
            inputs = [],
            records = [],
            requirements = {"requires-network": ""} if network.kind == "host" else {},
            tool = tools.layer_run,
        )
    if network.record:
        record = declare_artifact(ctx, instruction, "lock.json")
        args.add(network.stage, format = "--stage=%s")
        args.add(scope.platform, format = "--platform=%s")
        _add_mirrors(args, network.lock, network.lock.mirrors)
        args.add(record, format = "--lock_out=%s")
        return struct(
            inputs = [],
            records = [record],
            requirements = RECORDING,
            tool = tools.layer_record,
        )
    args.add("--network=locked")
    args.add(network.lock_command, format = "--lock_command=%s")
    run = network.lock.runs.get(locked_run_key(network.stage, scope.platform, instruction.outline["text"]))
    inputs = []
    if run:
        blobs = _blobs(network, run.blobs, instruction.message)
        args.add(run.lock, format = "--network_lock=%s")
        for sha256, blob in blobs.items():
            args.add(blob, format = "--network_blob=" + sha256 + "=%s")
        _add_mirrors(args, network.lock, run.mirrors)
        inputs = [run.lock] + blobs.values()
    return struct(inputs = inputs, records = [], requirements = {}, tool = tools.layer_run)

def _add_mirrors(args, lock, names):
    add_values(args, "--mirror", [name + "=" + lock.mirrors[name] for name in names])

def _blobs(network, digests, message):
    missing = [network.lock.missing[sha256] for sha256 in digests if sha256 in network.lock.missing]
    if missing:
        fail("%s: files recorded in %s are no longer available:\n  %s\nhint: to record them again, run `%s`" % (
            message,
            network.lock.path,
            "\n  ".join(missing),
            network.lock_command,
        ))
    return {sha256: network.lock.blobs[sha256] for sha256 in digests}

def locked_remote_files(network, platform, message):
    """Lists the files in a lock for the ADDs of a stage.

    Args:
      network: of the scope of the stage.
      platform: of the image.
      message: the stage, for errors.

    Returns:
      dict from URL to struct(file, modified), modified in seconds.
    """
    if not network.lock or network.record:
        return {}
    files = [
        file
        for file in network.lock.files
        if (file.stage, file.platform) in [("", ""), (network.stage, platform)]
    ]
    blobs = _blobs(network, [file.sha256 for file in files], message)
    return {file.url: struct(file = blobs[file.sha256], modified = file.modified) for file in files}

def record_remote_files(ctx, *, tools, scope, instruction, state):
    """Fetches the remote files of an ADD and records them.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      instruction: from `declare_instruction`.
      state: File, the state before it.

    Returns:
      struct(lock, directory) of File, None if there is nothing to fetch.
    """
    remote = [
        source
        for source in instruction.outline["sources"]
        if (is_remote(source) or "$" in source) and source not in scope.remote_files
    ]
    if not scope.network.record or instruction.outline["keyword"] != "ADD" or not remote:
        return None
    directory = ctx.actions.declare_directory("%s/%s.fetched" % (ctx.label.name, instruction.name))
    lock = declare_artifact(ctx, instruction, "lock.json")
    args = ctx.actions.args()
    args.add(instruction.file, format = "--instruction=%s")
    args.add(state, format = "--state=%s")
    args.add(scope.network.stage, format = "--stage=%s")
    args.add(scope.platform, format = "--platform=%s")
    args.add_all([directory], format_each = "--directory_out=%s", expand_directories = False)
    args.add(lock, format = "--lock_out=%s")
    run_tool_action(
        ctx,
        tool = tools.remote_file_record,
        args = args,
        inputs = [instruction.file, state],
        outputs = [directory, lock],
        mnemonic = "DockerfileRecord",
        message = instruction.message,
        requirements = RECORDING,
    )
    return struct(lock = lock, directory = directory)
