"""The actions of a stage, from its FROM to its last instruction."""

load("//rules/private/context:archives.bzl", "names_archive")
load("//rules/private/context:select.bzl", "missing_source", "select_entries", "select_remote_files")
load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/outline:mounts.bzl", "context_sources", "secret_ids")
load("//rules/private/outline:words.bzl", "split_keyword")
load("//rules/private/plan:arguments.bzl", "argument_words", "run_arguments")
load("//rules/private/plan:base_use.bzl", "is_linked", "makes_directory")
load("//rules/private/plan:reference.bzl", "find_reference")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load(":compress.bzl", "compress_action")
load(":copy.bzl", "copy_action")
load(":instruction.bzl", "declare_instruction")
load(":network.bzl", "record_remote_files")
load(":run.bzl", "run_action")
load(":step.bzl", "from_action", "step_action")

def start_actions(ctx, tools, scope):
    """Declares the actions of FROM.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.

    Returns:
      struct(config, layers, state, workdir_state, steps).
    """
    config = scope.base.config if scope.base else None
    layers = scope.base.layers if scope.base else []
    if scope.parent:
        return struct(
            config = config,
            layers = layers,
            state = scope.parent.state,
            workdir_state = scope.parent.workdir_state,
            steps = [],
        )
    start = from_action(
        ctx,
        tools = tools,
        message = scope.origin,
        config = config,
        onbuild = scope.base.onbuild if scope.base else [],
        platform = scope.platform,
    )
    return struct(
        config = config,
        layers = layers,
        state = start.state,
        workdir_state = start.state,
        steps = [start.step],
    )

def instruction_actions(ctx, tools, scope, start):
    """Declares the actions of the instructions.

    The build state goes from instruction to instruction. Beside it goes the
    `workdir_state`, in which working directory and user are right but the
    environment is not. An instruction that expands no variable reads only that
    one, so that an ENV above does not run it again.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      start: from `start_actions`.

    Returns:
      struct(layers, state, workdir_state, steps, records): the layers that the
      instructions create, the states after the last one, the steps in order, and
      the recorded lock files.
    """
    names = {}
    layers = []
    steps = []
    records = []
    states = struct(full = start.state, workdir = start.workdir_state)
    for outline in scope.instructions:
        instruction = declare_instruction(ctx, outline, names)
        names[instruction.name] = True
        layer = _layer_actions(ctx, tools, scope, instruction, states, start.layers + layers)
        if outline["keyword"] not in ["ADD", "COPY", "RUN"]:
            after = _metadata_actions(ctx, tools, scope, instruction, states)
            states = after.states
            steps += [] if layer else [after.step]
        if layer:
            steps.append(layer.step)
            records += layer.records
            layers.append(_compressed_layer(ctx, tools, scope, instruction, layer))
    return struct(layers = layers, state = states.full, workdir_state = states.workdir, steps = steps, records = records)

def _state_for(instruction, states):
    """Returns the state that an instruction other than RUN reads."""
    return states.full if "$" in instruction.outline["text"] else states.workdir

def _layer_actions(ctx, tools, scope, instruction, states, layers):
    """Declares the actions that create the layer of an instruction; None if it has none."""
    keyword = instruction.outline["keyword"]
    if keyword == "RUN":
        return _run(ctx, tools, scope, instruction, states.full, layers)
    if keyword in ["ADD", "COPY"] or makes_directory(instruction.outline):
        return _copy(ctx, tools, scope, instruction, _state_for(instruction, states), layers)
    return None

def _metadata_actions(ctx, tools, scope, instruction, states):
    """Declares the actions that evaluate an instruction: struct(states, step)."""
    keyword = instruction.outline["keyword"]
    after = step_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = states.full,
        build_args = _named_arguments(instruction, scope.build_args),
        global_args = _named_arguments(instruction, scope.global_args),
    )
    workdir = states.workdir
    if keyword in ["USER", "WORKDIR"]:
        workdir = after.state
        if _state_for(instruction, states) != states.full:
            workdir = step_action(
                ctx,
                tools = tools,
                instruction = instruction,
                state = states.workdir,
                prefix = "place.",
            ).state
    return struct(states = struct(full = after.state, workdir = workdir), step = after.step)

def _copy(ctx, tools, scope, instruction, state, layers):
    outline = instruction.outline
    source = struct(layers = [], context = scope.context)
    for name in outline["from"]:
        source = _source_named(scope, name, instruction)
    fetched = record_remote_files(
        ctx,
        tools = tools,
        scope = scope,
        instruction = instruction,
        state = state,
    )
    return copy_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        # With --link the layer does not depend on those below.
        layers = [] if is_linked(outline) else layers,
        entries = _context_entries(source.context, instruction),
        context = source.context if outline["sources"] else None,
        source_layers = source.layers,
        reads_layers = names_archive(outline),
        remote_files = _remote_files(scope, instruction, fetched),
        fetched = fetched,
        epoch = scope.epoch,
    )

def _context_entries(context, instruction):
    """Returns the entries of a build context that COPY or ADD may read."""
    if not context:
        return []
    sources = instruction.outline["sources"]
    missing = None if context.archive else missing_source(context.entries, sources)
    if missing:
        fail("%s: \"%s\" is not in the build context\nhint: add it to srcs or context_paths, or check the .dockerignore file" % (instruction.message, missing))
    return select_entries(context.entries, sources)

def _remote_files(scope, instruction, fetched):
    """Returns the files that are given or locked for the URLs of ADD."""
    if instruction.outline["keyword"] != "ADD":
        return {}
    remote = select_remote_files(scope.remote_files, instruction.outline["sources"])
    if remote.missing and not fetched:
        fail("%s: \"%s\" is neither locked nor in remote_files\nhint: run `%s`, or add remote_files = {\"%s\": \"//label\"}" % (
            instruction.message,
            remote.missing,
            scope.network.lock_command,
            remote.missing,
        ))
    return remote.files

def _run(ctx, tools, scope, instruction, state, layers):
    outline = instruction.outline
    sources = context_sources(outline)
    secrets = secret_ids(outline)
    return run_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        layers = layers,
        entries = select_entries(scope.context.entries, sources),
        context = scope.context if sources else None,
        mounted = {name: _source_named(scope, name, instruction) for name in outline["from"]},
        secrets = {id: secret for id, secret in scope.secrets.items() if secrets == None or id in secrets},
        build_args = run_arguments(scope.build_args),
        scope = scope,
    )

def _source_named(scope, name, instruction):
    """Returns what a name in --from means.

    Only a trigger of a base image can name what the Dockerfile does not.
    """
    if name in scope.sources:
        return scope.sources[name]
    for called, source in scope.sources.items():
        if called.lower() == name.lower():
            return source
    source = find_reference(scope.sources, name)
    if not source:
        fail("%s: ONBUILD trigger of the base: \"%s\" is neither in trigger_stages nor in bases\nhint: add trigger_stages = [\"%s\"] if it is an earlier stage, or bases = {\"%s\": \"//label\"} if it is an image" % (
            instruction.message,
            name,
            name,
            name,
        ))
    return source

def _compressed_layer(ctx, tools, scope, instruction, layer):
    compressed = compress_action(
        ctx,
        tools = tools,
        name = instruction.name,
        tar = layer.tar,
        compression = scope.compression,
        message = "%s (compressing)" % instruction.message,
    )
    return LayerInfo(
        tar = layer.tar,
        index = layer.index,
        blob = compressed.blob,
        descriptor = compressed.descriptor,
    )

def _named_arguments(instruction, arguments):
    """Returns the arguments that an ARG names, so that its action does not depend on others."""
    if instruction.outline["keyword"] != "ARG":
        return {}
    text = parse_instruction_text(instruction.outline["text"])
    words = argument_words(split_keyword(text.line)[1], text.escape)
    names = [word.partition("=")[0] for word in words]
    return {name: arguments[name] for name in names if name in arguments}
