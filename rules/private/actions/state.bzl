"""What an instruction can see of those before it: the action that writes a build state.

A *chain* is what a build state depends on: a struct(name, start, instructions) of the
name of the state, where the stage starts, and the instructions after that. Bazel
executes the action of a chain only if an instruction with a layer reads its state.
"""

load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/outline:words.bzl", "split_keyword")
load("//rules/private/plan:arguments.bzl", "argument_words")
load("//rules/private/plan:printable.bzl", "printable")
load(":param_line.bzl", "add_pairs", "add_values")
load(":run_tool.bzl", "run_tool_action")

# Instructions that change the build state.
_STATE_CHANGING = ["ARG", "ENV", "SHELL", "USER", "WORKDIR"]

def first_chains(scope):
    """Returns the chains of a FROM: struct(full, workdir), as `next_chains`.

    Args:
      scope: from `stage_scope`.
    """
    if scope.parent:
        full = _chain("from", struct(state = scope.parent.state), [])
        if scope.parent.workdir_state == scope.parent.state:
            return struct(full = full, workdir = full)
        return struct(full = full, workdir = _chain("place.from", struct(state = scope.parent.workdir_state), []))
    chain = _chain("from", struct(
        config = scope.base.config if scope.base else None,
        onbuild = scope.base.onbuild if scope.base else [],
        platform = scope.platform,
        state = None,
    ), [])
    return struct(full = chain, workdir = chain)

def next_chains(chains, instruction):
    """Returns the chains after an instruction: struct(full, workdir).

    Beside the chain of the build state goes another, in which working directory and
    user are right but the environment is not. An instruction that expands no
    variable reads only that one, so that an ENV above does not run it again.

    Args:
      chains: those before it.
      instruction: from `declare_instruction`.
    """
    keyword = instruction.outline["keyword"]
    if keyword not in _STATE_CHANGING:
        return chains
    full = _longer(chains.full, instruction, "")
    workdir = chains.workdir
    if keyword in ["USER", "WORKDIR"]:
        is_full = chain_for(chains, instruction).name == chains.full.name
        workdir = full if is_full else _longer(chains.workdir, instruction, "place.")
    return struct(full = full, workdir = workdir)

def chain_for(chains, instruction):
    """Returns the chain whose state an instruction other than RUN reads.

    Args:
      chains: those before it.
      instruction: from `declare_instruction`.
    """
    return chains.full if "$" in instruction.outline["text"] else chains.workdir

def _longer(chain, instruction, prefix):
    return _chain(prefix + instruction.name, chain.start, chain.instructions + [instruction])

def _chain(name, start, instructions):
    return struct(name = name, start = start, instructions = instructions)

def state_action(ctx, *, tools, scope, chain, written):
    """Declares the action that evaluates a chain.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      scope: from `stage_scope`.
      chain: from `first_chains` or `next_chains`.
      written: dict from the name of a chain to its state, of those that have an
        action; this one is added.

    Returns:
      The build state, a File.
    """
    if chain.start.state and not chain.instructions:
        return chain.start.state
    if chain.name in written:
        return written[chain.name]
    state = ctx.actions.declare_file("%s/%s.state.json" % (ctx.label.name, chain.name))
    files = [instruction.file for instruction in chain.instructions]
    args = ctx.actions.args()
    add_start(args, chain.start)
    args.add_all(files, format_each = "--instruction=%s")
    add_arguments(args, scope, chain.instructions)
    args.add(state, format = "--state_out=%s")
    run_tool_action(
        ctx,
        tool = tools.state_write,
        args = args,
        inputs = start_files(chain.start) + files,
        outputs = [state],
        mnemonic = "DockerfileState",
        message = scope.origin + instruction_lines(", ", ctx.attr.dockerfile, chain.instructions),
    )
    written[chain.name] = state
    return state

def add_start(args, start, names_config = True):
    """Adds the flags that say where a stage starts.

    Args:
      args: Args to add to.
      start: of a chain.
      names_config: whether to add the config.
    """
    if start.state:
        args.add(start.state, format = "--state=%s")
        return
    if start.config and names_config:
        args.add(start.config, format = "--config=%s")
    add_values(args, "--onbuild", start.onbuild)
    args.add(start.platform, format = "--platform=%s")

def start_files(start):
    """Returns the files that `add_start` names, as a list.

    Args:
      start: of a chain.
    """
    return [file for file in [start.state or start.config] if file]

def add_arguments(args, scope, instructions):
    """Adds the arguments that ARGs name, so that an action does not depend on others.

    Args:
      args: Args to add to.
      scope: from `stage_scope`.
      instructions: list from `declare_instruction`.
    """
    names = {}
    for instruction in instructions:
        if instruction.outline["keyword"] == "ARG":
            text = parse_instruction_text(instruction.outline["text"])
            words = argument_words(split_keyword(text.line)[1], text.escape)
            names |= {word.partition("=")[0]: True for word in words}
    for flag, values in [("--build_arg", scope.build_args), ("--global_arg", scope.global_args)]:
        add_pairs(args, flag, {name: values[name] for name in names if name in values})

def instruction_lines(separator, dockerfile, instructions):
    """Returns where some instructions are, for a progress message: " of app/Dockerfile:3: ENV, 4: USER".

    Args:
      separator: string before it.
      dockerfile: path of the Dockerfile.
      instructions: list from `declare_instruction`; "" is returned if it is empty.
    """
    lines = ["%d: %s" % (instruction.outline["line"], instruction.outline["keyword"]) for instruction in instructions]
    return printable("%s%s:%s" % (separator, dockerfile, ", ".join(lines))) if lines else ""
