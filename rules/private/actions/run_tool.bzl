"""Runs a tool in an action."""

load("//rules/private/plan:printable.bzl", "printable")

TOOLCHAIN_TYPE = Label("//rules/toolchain:toolchain_type")

# Requirements of an action that records what it fetches from the network: a cached
# result would not be up to date.
RECORDING = {
    "no-cache": "",
    "no-remote": "",
    "requires-network": "",
}

# Every tool is also a persistent worker: lib/worker/worker.h.
_ANYWHERE = {
    "requires-worker-protocol": "proto",
    "supports-multiplex-sandboxing": "1",
    "supports-multiplex-workers": "1",
    "supports-path-mapping": "",
    "supports-worker-cancellation": "1",
    "supports-workers": "1",
}

def dockerfile_tools(ctx):
    """Returns the DockerfileToolsInfo of a rule with `TOOLCHAIN_TYPE`."""
    return ctx.toolchains[TOOLCHAIN_TYPE].tools

def run_tool_action(ctx, *, tool, args, inputs, outputs, mnemonic, message, requirements = {}):
    """Declares an action that runs one tool.

    Args:
      ctx: the rule's context.
      tool: FilesToRunProvider of the tool.
      args: Args, which go into a param file; arguments that may have several
        lines are from param_line.bzl.
      inputs: list or depset of File.
      outputs: list of File.
      mnemonic: the action's type, such as "DockerfileRun".
      message: progress message, such as "app/Dockerfile:7: RUN make".
      requirements: more `execution_requirements`. Without `requires-network` the
        action has no network.
    """
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    ctx.actions.run(
        executable = tool,
        arguments = [args],
        inputs = inputs,
        outputs = outputs,
        mnemonic = mnemonic,
        progress_message = printable(message),
        execution_requirements = _ANYWHERE | (
            requirements if "requires-network" in requirements else requirements | {"block-network": ""}
        ),
        toolchain = TOOLCHAIN_TYPE,
    )
