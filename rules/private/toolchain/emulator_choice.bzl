"""The emulators of a build, resolved only where programs of another architecture may run."""

load(":build_platform.bzl", "BuildPlatformInfo")
load(":emulated.bzl", "ANY_ARCHITECTURE", "emulated_architecture")

_TYPE = Label("//rules/toolchain:emulator_toolchain_type")
_EMULATED = str(Label("//rules/private/toolchain:emulated"))

EmulatorChoiceInfo = provider(
    doc = "What runs the programs of foreign architectures.",
    fields = {
        "build_platform": "string: the platform that the emulators run on.",
        "emulators": "dict from architecture to the File of its emulator.",
    },
)

def _emulator_choice_impl(ctx):
    toolchain = ctx.toolchains[_TYPE]
    return [EmulatorChoiceInfo(
        build_platform = ctx.attr._build_platform[BuildPlatformInfo].platform,
        emulators = toolchain.emulators if toolchain else {},
    )]

emulator_choice = rule(
    implementation = _emulator_choice_impl,
    doc = "Resolves the toolchain of emulators. What it depends on is fetched then, so rules depend on it by `for_emulated_platform`.",
    attrs = {
        "_build_platform": attr.label(
            cfg = "exec",
            default = "//rules/toolchain:build_platform",
        ),
    },
    provides = [EmulatorChoiceInfo],
    toolchains = [config_common.toolchain_type(_TYPE, mandatory = False)],
)

def _for_emulated_platform_impl(_settings, attr):
    return {_EMULATED: attr.emulated or emulated_architecture(attr.platform)}

for_emulated_platform = transition(
    implementation = _for_emulated_platform_impl,
    inputs = [],
    outputs = [_EMULATED],
)

def _for_any_platform_impl(_settings, _attr):
    return {_EMULATED: ANY_ARCHITECTURE}

_for_any_platform = transition(
    implementation = _for_any_platform_impl,
    inputs = [],
    outputs = [_EMULATED],
)

def _emulator_file_impl(ctx):
    return [DefaultInfo(files = ctx.attr.file[0][DefaultInfo].files)]

emulator_file = rule(
    implementation = _emulator_file_impl,
    doc = "An emulator that something makes, whatever architecture it is wanted for: its tools are those of all other actions, and not built once more.",
    attrs = {
        "file": attr.label(
            cfg = _for_any_platform,
            doc = "What makes it.",
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
