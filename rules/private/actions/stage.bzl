"""The actions of a stage, from its FROM to its last instruction."""

load("//rules/private/context:archives.bzl", "names_archive")
load("//rules/private/context:select.bzl", "missing_source", "select_entries", "select_remote_files")
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

def start_actions(ctx, tools, plan):
    """Declares what FROM does.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      plan: what the stage is built from.

    Returns:
      struct(config, layers, state, place, steps).
    """
    config = plan.base.config if plan.base else None
    layers = plan.base.layers if plan.base else []
    if plan.parent:
        return struct(
            config = config,
            layers = layers,
            state = plan.parent.state,
            place = plan.parent.place,
            steps = [],
        )
    start = from_action(
        ctx,
        tools = tools,
        message = plan.where,
        config = config,
        onbuild = plan.base.onbuild if plan.base else [],
        platform = plan.platform,
    )
    return struct(
        config = config,
        layers = layers,
        state = start.state,
        place = start.state,
        steps = [start.step],
    )

def instruction_actions(ctx, tools, plan, start):
    """Declares the actions of the instructions.

    The build state goes from instruction to instruction. Beside it goes the
    `place`: a state in which directory and user are right but the environment
    is not. An instruction that expands no variable reads the place, so that an
    ENV above does not run it again.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      plan: what the stage is built from.
      start: from `start_actions`.

    Returns:
      struct(layers, state, place, steps, records): the layers that the
      instructions make, the states after the last, the steps in order, and the
      lock files of what was recorded.
    """
    names = {}
    layers = []
    steps = []
    records = []
    state = start.state
    place = start.place
    for outlined in plan.instructions:
        keyword = outlined["keyword"]
        instruction = declare_instruction(ctx, outlined, names)
        names[instruction.name] = True
        seen = state if "$" in outlined["text"] else place
        below = start.layers + layers
        layer = None
        if keyword in ["ADD", "COPY"]:
            layer = _copy(ctx, tools, plan, outlined, instruction, seen, below)
        elif keyword == "RUN":
            layer = _run(ctx, tools, plan, outlined, instruction, state, below)
        else:
            if makes_directory(outlined):
                layer = _copy(ctx, tools, plan, outlined, instruction, seen, below)
            after = step_action(
                ctx,
                tools = tools,
                instruction = instruction,
                keyword = keyword,
                state = state,
                build_args = _named(plan, plan.build_args, outlined),
                global_args = _named(plan, plan.global_args, outlined),
            )
            if keyword in ["USER", "WORKDIR"]:
                place = after.state if seen == state else step_action(
                    ctx,
                    tools = tools,
                    instruction = instruction,
                    keyword = keyword,
                    state = place,
                    prefix = "place.",
                ).state
            state = after.state
            steps += [] if layer else [after.step]
        if layer:
            steps.append(layer.step)
            records += layer.records
            layers.append(_layer(ctx, tools, plan, instruction, layer))
    return struct(layers = layers, state = state, place = place, steps = steps, records = records)

def _copy(ctx, tools, plan, outlined, instruction, state, layers):
    source = struct(layers = [], context = plan.context)
    for name in outlined["from"]:
        source = _source_named(plan, name, instruction)
    entries = []
    if source.context:
        entries = select_entries(source.context.entries, outlined["sources"])
        missing = None if source.context.archive else missing_source(source.context.entries, outlined["sources"])
        if missing:
            fail("%s: \"%s\" is not in the build context: add it to srcs or context_paths, unless the ignore file leaves it out" % (instruction.message, missing))
    fetched = record_remote_files(
        ctx,
        tools = tools,
        plan = plan,
        outlined = outlined,
        instruction = instruction,
        state = state,
    )
    remote = struct(files = {}, missing = None)
    if outlined["keyword"] == "ADD":
        remote = select_remote_files(plan.remote_files, outlined["sources"])
    if remote.missing and not fetched:
        fail("%s: it is not locked: run `%s`, or add remote_files = {\"%s\": \"//label\"}" % (
            instruction.message,
            plan.network.relock,
            remote.missing,
        ))
    return copy_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        # No layer below matters to it.
        layers = [] if is_linked(outlined) else layers,
        entries = entries,
        context = source.context if outlined["sources"] else None,
        source_layers = source.layers,
        reads_layers = names_archive(outlined),
        remote_files = remote.files,
        fetched = fetched,
        epoch = plan.epoch,
    )

def _run(ctx, tools, plan, outlined, instruction, state, layers):
    sources = context_sources(outlined)
    secrets = secret_ids(outlined)
    return run_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        layers = layers,
        entries = select_entries(plan.context.entries, sources),
        context = plan.context if sources else None,
        mounted = {name: _source_named(plan, name, instruction) for name in outlined["from"]},
        secrets = {id: secret for id, secret in plan.secrets.items() if secrets == None or id in secrets},
        build_args = run_arguments(plan.build_args),
        plan = plan,
        text = outlined["text"],
    )

def _source_named(plan, name, instruction):
    """Returns what a name in --from means.

    Only a trigger of a base image can name what the Dockerfile does not.
    """
    if name in plan.sources:
        return plan.sources[name]
    for called, source in plan.sources.items():
        if called.lower() == name.lower():
            return source
    source = find_reference(plan.sources, name)
    if not source:
        fail("%s: this ONBUILD trigger of the base names \"%s\": add trigger_stages = [\"%s\"] if that is a stage above, or bases = {\"%s\": \"//label\"} if it is an image" % (
            instruction.message,
            name,
            name,
            name,
        ))
    return source

def _layer(ctx, tools, plan, instruction, made):
    compressed = compress_action(
        ctx,
        tools = tools,
        name = instruction.name,
        tar = made.tar,
        compression = plan.compression,
        message = "%s (compressing)" % instruction.message,
    )
    return LayerInfo(
        tar = made.tar,
        index = made.index,
        blob = compressed.blob,
        descriptor = compressed.descriptor,
    )

def _named(plan, arguments, instruction):
    """Returns the arguments that an ARG names; any other key stays out."""
    if instruction["keyword"] != "ARG":
        return {}
    line = instruction["text"].removeprefix("# escape=`\n").removesuffix("\n")
    words = argument_words(split_keyword(line)[1], plan.escape)
    names = [word.partition("=")[0] for word in words]
    return {name: arguments[name] for name in names if name in arguments}
