"""How every action of the rules runs its tool."""

TOOLCHAIN_TYPE = Label("//rules/toolchain:toolchain_type")

def dockerfile_tools(ctx):
    """Returns the DockerfileToolsInfo of a rule with `TOOLCHAIN_TYPE`."""
    return ctx.toolchains[TOOLCHAIN_TYPE].tools

def run_tool_action(ctx, *, tool, args, inputs, outputs, mnemonic, message, network = False):
    """Declares an action that runs one tool.

    Args:
      ctx: the rule's context.
      tool: FilesToRunProvider of the tool.
      args: Args, which go into a param file when they are many.
      inputs: list or depset of File.
      outputs: list of File.
      mnemonic: the action's type, such as "DockerfileRun".
      message: what is going on, such as "app/Dockerfile:7: RUN make".
      network: whether the action may use the network.
    """
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        executable = tool,
        arguments = [args],
        inputs = inputs,
        outputs = outputs,
        mnemonic = mnemonic,
        progress_message = message,
        execution_requirements = {
            "requires-network" if network else "block-network": "",
            "supports-path-mapping": "",
        },
        toolchain = TOOLCHAIN_TYPE,
    )
