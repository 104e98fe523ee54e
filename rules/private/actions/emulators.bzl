"""Emulators that run the programs of an image for a foreign architecture."""

load("//rules/private/plan:platform.bzl", "same_architecture")
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
      list of File: empty for the architecture of the build platform; else those of
      the build setting, then the one of the registered toolchain. Tools use the
      first that fits.
    """
    if same_architecture(platform, tools.build_platform):
        return []
    toolchain = ctx.toolchains[_TYPE]
    registered = toolchain.emulators.get(architecture_of(platform)) if toolchain else None
    return ctx.files._emulators + ([registered] if registered else [])
