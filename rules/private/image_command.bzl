"""A command for `bazel run` or a test: a tool that reads one file of an image."""

load("//rules/private/actions:run_tool.bzl", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")

# Attributes of a rule that calls `image_command`.
IMAGE_COMMAND = {
    "_launcher": attr.label(
        default = "//rules/private:image_command.sh.template",
        allow_single_file = True,
    ),
}

def image_command(ctx, *, tool, flag, file, flags = [], data = []):
    """Returns the DefaultInfo of a command that runs a tool; its other flags follow `--`.

    Args:
      ctx: context of an executable rule with `IMAGE_COMMAND`.
      tool: name of the tool.
      flag: the flag of the tool for `file`.
      file: File that the tool reads.
      flags: list of more flags, quoted for the shell.
      data: list of File that these name.
    """
    tools = dockerfile_tools(ctx)
    executable = getattr(tools, tool).executable
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{executable}": runfiles_path(ctx, executable),
            "{file}": runfiles_path(ctx, file),
            "{flag}": flag,
            "{flags}": " ".join(flags),
            "{tool}": tool,
        },
        is_executable = True,
    )
    return DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles([file, executable] + data).merge(tools.runfiles[tool]),
    )
