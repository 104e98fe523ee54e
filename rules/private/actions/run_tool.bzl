"""How every action of the rules runs its tool."""

load("//rules/private/plan:printable.bzl", "printable")

TOOLCHAIN_TYPE = Label("//rules/toolchain:toolchain_type")

# Requirements of an action that asks the real network, to lock what it says:
# what a cache has is not what there is now.
RECORDING = {
    "no-cache": "",
    "no-remote": "",
    "requires-network": "",
}

def dockerfile_tools(ctx):
    """Returns the DockerfileToolsInfo of a rule with `TOOLCHAIN_TYPE`."""
    return ctx.toolchains[TOOLCHAIN_TYPE].tools

def run_tool_action(ctx, *, tool, args, inputs, outputs, mnemonic, message, requirements = {}):
    """Declares an action that runs one tool.

    Args:
      ctx: the rule's context.
      tool: FilesToRunProvider of the tool.
      args: Args, which go into a param file when they are many.
      inputs: list or depset of File.
      outputs: list of File.
      mnemonic: the action's type, such as "DockerfileRun".
      message: what is going on, such as "app/Dockerfile:7: RUN make".
      requirements: more `execution_requirements`; without one of the network
        the action has none.
    """
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        executable = tool,
        arguments = [args],
        inputs = inputs,
        outputs = outputs,
        mnemonic = mnemonic,
        progress_message = printable(message),
        execution_requirements = {"supports-path-mapping": ""} | (
            requirements if "requires-network" in requirements else requirements | {"block-network": ""}
        ),
        toolchain = TOOLCHAIN_TYPE,
    )
