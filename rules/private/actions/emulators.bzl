"""What runs the programs of an image for a foreign architecture."""

load("//rules/private/plan:platform.bzl", "same_machine")
load("//rules/private/toolchain:emulator_toolchain.bzl", "architecture_of")

_TYPE = Label("//rules/toolchain:emulator_toolchain_type")

# Among the toolchains of a rule that calls `emulators_for`.
EMULATOR_TOOLCHAIN = config_common.toolchain_type(_TYPE, mandatory = False)

# Among the attributes of such a rule.
EMULATORS = {
    "_emulators": attr.label(
        default = "//rules/settings:emulators",
        allow_files = True,
    ),
}

def emulators_for(ctx, *, tools, platform):
    """Returns the emulators that an action or a container of an image needs.

    Args:
      ctx: the context of a rule with `EMULATORS` and `EMULATOR_TOOLCHAIN`.
      tools: DockerfileToolsInfo.
      platform: of the image.

    Returns:
      list of File: none for the architecture of the build; else those of the
      setting and then the one that is registered, of which tools take the first
      that fits.
    """
    if same_machine(platform, tools.build_platform):
        return []
    toolchain = ctx.toolchains[_TYPE]
    registered = toolchain.emulators.get(architecture_of(platform)) if toolchain else None
    return ctx.files._emulators + ([registered] if registered else [])
