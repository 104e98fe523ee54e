"""The actions of instructions that do not change files: FROM and metadata instructions."""

load(":instruction.bzl", "declare_artifact")
load(":param_line.bzl", "add_pairs", "add_values")
load(":run_tool.bzl", "run_tool_action")

# Instructions that change the build state.
_STATE_CHANGING = ["ARG", "ENV", "SHELL", "USER", "WORKDIR"]

def from_action(ctx, *, tools, message, config, onbuild, platform):
    """Starts a stage from an image.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      message: progress message.
      config: File, the image's config; None for scratch.
      onbuild: list of the triggers that the image is declared to have.
      platform: string.

    Returns:
      struct(state, step).
    """
    state = ctx.actions.declare_file(ctx.label.name + "/from.state.json")
    step = ctx.actions.declare_file(ctx.label.name + "/from.step.json")
    args = ctx.actions.args()
    if config:
        args.add(config, format = "--from_config=%s")
        add_values(args, "--onbuild", onbuild)
    else:
        args.add("--scratch")
    args.add(platform, format = "--platform=%s")
    args.add(state, format = "--state_out=%s")
    args.add(step, format = "--step_out=%s")
    run_tool_action(
        ctx,
        tool = tools.image_step,
        args = args,
        inputs = [config] if config else [],
        outputs = [state, step],
        mnemonic = "DockerfileFrom",
        message = message,
    )
    return struct(state = state, step = step)

def step_action(ctx, *, tools, instruction, state, build_args = {}, global_args = {}, prefix = ""):
    """Evaluates a metadata instruction.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      instruction: from `declare_instruction`.
      state: File, the state before it.
      build_args: dict of the build arguments that it names.
      global_args: dict of the global arguments that it names.
      prefix: of the names of the outputs.

    Returns:
      struct(state, step); `state` is the state before if the instruction does not change it.
    """
    step = declare_artifact(ctx, instruction, prefix + "step.json")
    outputs = [step]
    args = ctx.actions.args()
    args.add(instruction.file, format = "--instruction=%s")
    args.add(state, format = "--state=%s")
    add_pairs(args, "--build_arg", build_args)
    add_pairs(args, "--global_arg", global_args)
    args.add(step, format = "--step_out=%s")
    inputs = [instruction.file, state]
    if instruction.outline["keyword"] in _STATE_CHANGING:
        state = declare_artifact(ctx, instruction, prefix + "state.json")
        args.add(state, format = "--state_out=%s")
        outputs.append(state)
    run_tool_action(
        ctx,
        tool = tools.image_step,
        args = args,
        inputs = inputs,
        outputs = outputs,
        mnemonic = "DockerfileStep",
        message = instruction.message,
    )
    return struct(state = state, step = step)
