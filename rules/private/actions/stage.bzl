"""The actions of a stage, from its FROM to its last instruction."""

load("//rules/private/context:pattern.bzl", "path_components")
load("//rules/private/context:select.bzl", "missing_source", "select_entries")
load("//rules/private/outline:mounts.bzl", "context_sources")
load("//rules/private/outline:words.bzl", "split_keyword")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load(":compress.bzl", "compress_action")
load(":copy.bzl", "copy_action")
load(":instruction.bzl", "declare_instruction")
load(":run.bzl", "run_action")
load(":step.bzl", "from_action", "step_action")

def start_actions(ctx, tools, plan):
    """Declares what FROM does.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      plan: what the stage is built from.

    Returns:
      struct(config, layers, state, steps).
    """
    if plan.parent_state:
        return struct(
            config = plan.base.config,
            layers = plan.base.layers,
            state = plan.parent_state,
            steps = [],
        )
    start = from_action(
        ctx,
        tools = tools,
        message = plan.where,
        config = plan.base.config if plan.base else None,
        onbuild = plan.base.onbuild if plan.base else [],
        platform = plan.platform,
    )
    return struct(
        config = plan.base.config if plan.base else None,
        layers = plan.base.layers if plan.base else [],
        state = start.state,
        steps = [start.step],
    )

def instruction_actions(ctx, tools, plan, start):
    """Declares the actions of the instructions.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      plan: what the stage is built from.
      start: from `start_actions`.

    Returns:
      struct(layers, state, steps): the layers that the instructions make, the
      state after the last, and a step for each.
    """
    names = {}
    layers = []
    steps = []
    state = start.state
    for outlined in plan.instructions:
        keyword = outlined["keyword"]
        instruction = declare_instruction(ctx, outlined, names)
        names[instruction.name] = True
        layer = None
        if keyword in ["ADD", "COPY"]:
            layer = _copy(ctx, tools, plan, outlined, instruction, state, start.layers + layers)
        elif keyword == "RUN":
            layer = _run(ctx, tools, plan, outlined, instruction, state, start.layers + layers)
        else:
            step = step_action(
                ctx,
                tools = tools,
                instruction = instruction,
                keyword = keyword,
                state = state,
                build_args = _named(plan.build_args, outlined),
                global_args = _named(plan.global_args, outlined),
            )
            if _makes_directory(outlined):
                layer = _copy(ctx, tools, plan, outlined, instruction, state, start.layers + layers)
            else:
                steps.append(step.step)
            state = step.state
        if layer:
            steps.append(layer.step)
            layers.append(_layer(ctx, tools, plan, instruction, layer))
    return struct(layers = layers, state = state, steps = steps)

def _copy(ctx, tools, plan, outlined, instruction, state, layers):
    from_images = [plan.sources[name] for name in outlined["from"]]
    sources = outlined["sources"]
    entries = []
    if sources and not from_images:
        entries = select_entries(plan.context.entries, sources)
        missing = None if plan.context.archive else missing_source(plan.context.entries, sources)
        if missing:
            fail("%s: \"%s\" is not in the build context: add it to srcs or context_paths, unless the ignore file leaves it out" % (instruction.message, missing))
    return copy_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        layers = layers,
        entries = entries,
        context = plan.context if sources and not from_images else None,
        source_layers = from_images[0].layers if from_images else [],
        epoch = plan.epoch,
    )

def _run(ctx, tools, plan, outlined, instruction, state, layers):
    sources = context_sources(outlined)
    return run_action(
        ctx,
        tools = tools,
        instruction = instruction,
        state = state,
        layers = layers,
        entries = select_entries(plan.context.entries, sources),
        context = plan.context if sources else None,
        mounted = {name: plan.sources[name].layers for name in outlined["from"]},
        network = plan.network,
        epoch = plan.epoch,
    )

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

def _makes_directory(instruction):
    """Returns whether it is a WORKDIR other than "/"."""
    if instruction["keyword"] != "WORKDIR":
        return False
    line = instruction["text"].removeprefix("# escape=`\n").strip(" \t\r\n")
    path = split_keyword(line)[1].strip("\"'")
    return not path.startswith("/") or path_components(path) != []

def _named(arguments, instruction):
    """Returns the arguments that an ARG may name; any other key stays out."""
    if instruction["keyword"] != "ARG":
        return {}
    return {
        name: value
        for name, value in arguments.items()
        if name in instruction["text"]
    }
