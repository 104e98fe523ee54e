"""Emulators that run the programs of an image for a foreign architecture."""

load("//rules/private/plan:platform.bzl", "same_architecture")
load("//rules/private/toolchain:emulated.bzl", "NO_ARCHITECTURE")
load("//rules/private/toolchain:emulator_choice.bzl", "EmulatorChoiceInfo", "for_emulated_platform")
load("//rules/private/toolchain:emulator_toolchain.bzl", "architecture_of")

# Among the attributes of a rule that calls `emulators_for`. It has an attribute
# `platform`, too, that of the image; "" if only the image knows it.
EMULATORS = {
    "emulated": attr.string(
        doc = "The architecture whose programs may run: emulators are fetched for it. `any` if it is not known, `none` if nothing of the image runs. By default that of `platform`.",
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
    "_emulator_choice": attr.label(
        cfg = for_emulated_platform,
        default = "//rules/private/toolchain:emulator_choice",
        providers = [EmulatorChoiceInfo],
    ),
    "_emulators": attr.label(
        default = "//rules/settings:emulators",
        allow_files = True,
    ),
}

def emulators_for(ctx, *, tools, platform):
    """Returns the emulators that an action or a container of an image needs.

    Args:
      ctx: the context of a rule with `EMULATORS`.
      tools: DockerfileToolsInfo.
      platform: of the image.

    Returns:
      list of File: empty for the architecture of the build platform, and if nothing
      of the image runs; else those of the build setting, then the one of the
      registered toolchain. Tools use the first that fits.
    """
    if ctx.attr.emulated == NO_ARCHITECTURE or same_architecture(platform, tools.build_platform):
        return []
    choice = ctx.attr._emulator_choice[0][EmulatorChoiceInfo]
    registered = choice.emulators.get(architecture_of(platform)) if choice.build_platform == tools.build_platform else None
    return ctx.files._emulators + ([registered] if registered else [])
