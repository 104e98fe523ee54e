"""The emulators in the Debian package of QEMU, as a toolchain."""

load("//rules/private/toolchain:emulator_choice.bzl", "emulator_file")
load("//rules/private/toolchain:emulator_toolchain.bzl", "QEMU_MACHINES", "architecture_of", "emulator_toolchain")
load(":deb_file.bzl", "deb_file")

# Packages of QEMU, with the suffix of their programs.
QEMU_PACKAGES = {
    "qemu-user": "",
    "qemu-user-static": "-static",
}

def debian_emulators(name, deb, package, platform):
    """Declares the toolchain, and a target for each emulator.

    An emulator is extracted only when an image needs it.

    Args:
      name: string: name of the `emulator_toolchain`.
      deb: label: the package.
      package: string: name of the package, a key of `QEMU_PACKAGES`.
      platform: string: the platform that the emulators run on.
    """
    programs = {
        architecture: "qemu-%s%s" % (machine, QEMU_PACKAGES[package])
        for architecture, machine in QEMU_MACHINES.items()
        if architecture != architecture_of(platform)
    }
    for program in programs.values():
        deb_file(
            name = program + ".extracted",
            deb = deb,
            path = "/usr/bin/" + program,
        )
        emulator_file(
            name = program,
            file = program + ".extracted",
        )
    emulator_toolchain(
        name = name,
        emulators = {":" + program: "linux/" + architecture for architecture, program in programs.items()},
    )
