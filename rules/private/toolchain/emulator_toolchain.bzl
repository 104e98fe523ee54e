"""The `emulator_toolchain` rule: emulators for the programs of foreign architectures."""

# QEMU's name of each architecture that a sandbox supports.
QEMU_MACHINES = {
    "386": "i386",
    "amd64": "x86_64",
    "arm": "arm",
    "arm64": "aarch64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}

def architecture_of(platform):
    """Returns the architecture of a platform: `arm` of `linux/arm/v7`.

    Args:
      platform: such as `linux/arm64`.
    """
    return (platform.split("/") + [""])[1]

def _emulator_toolchain_impl(ctx):
    emulators = {}
    for target, platform in ctx.attr.emulators.items():
        architecture = architecture_of(platform)
        if architecture not in QEMU_MACHINES:
            fail("%s: emulators: %s: expected a platform of %s, got \"%s\"" % (
                ctx.label,
                target.label,
                ", ".join(["linux/" + known for known in QEMU_MACHINES]),
                platform,
            ))
        if architecture in emulators:
            fail("%s: emulators: expected one emulator for %s, got two" % (ctx.label, architecture))
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1:
            fail("%s: emulators: %s: expected one file, got %d" % (ctx.label, target.label, len(files)))

        # The tools select an emulator by its name.
        program = ctx.actions.declare_file("%s/qemu-%s" % (ctx.label.name, QEMU_MACHINES[architecture]))
        ctx.actions.symlink(output = program, target_file = files[0])
        emulators[architecture] = program
    return [platform_common.ToolchainInfo(emulators = emulators)]

emulator_toolchain = rule(
    implementation = _emulator_toolchain_impl,
    doc = """Emulators that run the programs of foreign architectures, in RUN and in containers, for a `toolchain` of type
`@rules_dockerfile//rules/toolchain:emulator_toolchain_type`.

```starlark
emulator_toolchain(
    name = "qemu",
    emulators = {
        "qemu-aarch64-static": "linux/arm64",
        "qemu-arm-static": "linux/arm/v7",
    },
)

toolchain(
    name = "qemu_toolchain",
    exec_compatible_with = ["@platforms//cpu:x86_64", "@platforms//os:linux"],
    toolchain = ":qemu",
    toolchain_type = "@rules_dockerfile//rules/toolchain:emulator_toolchain_type",
)
```""",
    attrs = {
        "emulators": attr.label_keyed_string_dict(
            doc = "QEMU user mode emulators: the label of each, a statically linked file that you provide, with a platform of the architecture that it emulates. The variant of the platform is ignored.",
            allow_files = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
)
