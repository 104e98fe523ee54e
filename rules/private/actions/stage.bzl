"""The actions of a stage, from its FROM to its last instruction."""

load("//rules/private/context:archives.bzl", "names_archive")
load("//rules/private/context:select.bzl", "missing_source", "select_entries", "select_remote_files")
load("//rules/private/outline:mounts.bzl", "context_sources", "secret_ids")
load("//rules/private/plan:arguments.bzl", "run_arguments")
load("//rules/private/plan:base_use.bzl", "is_linked", "makes_directory")
load("//rules/private/plan:reference.bzl", "find_reference")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load(":compress.bzl", "compress_action")
load(":copy.bzl", "copy_action")
load(":instruction.bzl", "declare_instruction")
load(":network.bzl", "record_remote_files")
load(":run.bzl", "run_action")
load(":state.bzl", "chain_for", "first_chains", "next_chains", "state_action")

# A WORKDIR may have a layer, too.
_LAYER_KEYWORDS = ["ADD", "COPY", "RUN"]

def stage_start(scope):
    """Returns what a stage is built on.

    Args:
      scope: from `stage_scope`.

    Returns:
      struct(config, layers, chain): the config, None for scratch; the layers; the
      `start` of a chain.
    """
    return struct(
        config = scope.base.config if scope.base else None,
        layers = scope.base.layers if scope.base else [],
        chain = first_chains(scope).full.start,
    )

def instruction_actions(ctx, tools, scope, start):
    """Declares the actions of the instructions.

    Those without a layer have no action: an instruction with a layer reads a build
    state (state.bzl), and the action of the image evaluates them again.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      start: from `stage_start`.

    Returns:
      struct(layers, state, workdir_state, parts, evaluated, workdir_layers, records):
      the layers that the instructions create; the states after the last one; of each
      instruction, in order, its text or the step of its layer; the instructions of
      which `parts` has the text; those of `parts` that are a WORKDIR with a layer; the
      recorded lock files.
    """
    names = {}
    layers = []
    parts = []
    evaluated = []
    workdir_layers = []
    records = []
    written = {}
    chains = first_chains(scope)
    for outline in scope.instructions:
        instruction = declare_instruction(ctx, outline, names)
        names[instruction.name] = True
        layer = None
        if outline["keyword"] in _LAYER_KEYWORDS or makes_directory(outline):
            chain = chains.full if outline["keyword"] == "RUN" else chain_for(chains, instruction)
            state = state_action(ctx, tools = tools, scope = scope, chain = chain, written = written)
            layer = (_run if outline["keyword"] == "RUN" else _copy)(ctx, tools, scope, instruction, state, start.layers + layers)
            records += layer.records
            layers.append(_compressed_layer(ctx, tools, scope, instruction, layer))
        if outline["keyword"] in _LAYER_KEYWORDS:
            parts.append(layer.step)
        else:
            parts.append(instruction.file)
            workdir_layers += [instruction.file] if layer else []
            evaluated.append(instruction)
            chains = next_chains(chains, instruction)
    return struct(
        layers = layers,
        state = state_action(ctx, tools = tools, scope = scope, chain = chains.full, written = written),
        workdir_state = state_action(ctx, tools = tools, scope = scope, chain = chains.workdir, written = written),
        parts = parts,
        evaluated = evaluated,
        workdir_layers = workdir_layers,
        records = records,
    )

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
        origin = "%s:%d" % (ctx.attr.dockerfile, instruction.outline["line"]),
    )
