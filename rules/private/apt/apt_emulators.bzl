"""Repositories with QEMU from Debian's package."""

load(":debian_emulators.bzl", "QEMU_PACKAGES")
load(":debian_packages.bzl", "download_packages")
load(":lock.bzl", "PLATFORMS", "parse_apt_lock")

# What Bazel calls the processor of each of Debian's architectures.
_CPUS = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "armhf": "armv7",
    "i386": "x86_32",
    "ppc64el": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}

_PACKAGE_BUILD = """\
load("{emulators_bzl}", "debian_emulators")

package(default_visibility = ["//visibility:public"])

debian_emulators(
    name = "emulators",
    deb = {deb},
    package = {package},
    platform = {platform},
)
"""

_TOOLCHAIN = """\
toolchain(
    name = {name},
    exec_compatible_with = ["{constraint}", "{linux}"],
    toolchain = {toolchain},
    toolchain_type = "{type}",
)
"""

_HINT = """
hint: a lock file of your own: apt_lock(packages = ["qemu-user-static"], only = True) and apt.emulators(locks = [...])"""

def emulator_lock_error(lock):
    """Says why a lock file is none of emulators.

    Args:
      lock: from `parse_apt_lock`.

    Returns:
      string, or None if it is one.
    """
    if lock.error:
        return lock.error
    names = [package.name for package in lock.packages]
    if len(names) != 1 or names[0] not in QEMU_PACKAGES:
        return "expected one package, %s, got %s" % (" or ".join(QEMU_PACKAGES), ", ".join(names) or "none")
    if lock.architecture not in _CPUS:
        return "architecture \"%s\": expected %s" % (lock.architecture, ", ".join(_CPUS))
    return None

def _apt_emulators_package_impl(rctx):
    lock = parse_apt_lock(rctx.read(rctx.attr.lock))
    error = emulator_lock_error(lock)
    if error:
        fail("%s: %s" % (rctx.attr.lock, error))
    download_packages(rctx, lock, _HINT)
    rctx.file("BUILD.bazel", _PACKAGE_BUILD.format(
        deb = repr(lock.packages[0].path),
        emulators_bzl = Label(":debian_emulators.bzl"),
        package = repr(lock.packages[0].name),
        platform = repr(PLATFORMS[lock.architecture]),
    ), executable = False)

apt_emulators_package = repository_rule(
    implementation = _apt_emulators_package_impl,
    doc = "Debian's package of QEMU for one architecture, and the toolchain of its emulators.",
    attrs = {
        "lock": attr.label(
            allow_single_file = [".json"],
            doc = "The lock file, of one package.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Archive (`debian`, `debian-security`) to the URL of its mirror.",
        ),
    },
)

def _apt_emulators_toolchains_impl(rctx):
    rctx.file("BUILD.bazel", "\n".join([
        _TOOLCHAIN.format(
            name = repr(architecture),
            constraint = Label("@platforms//cpu:" + _CPUS[architecture]),
            linux = Label("@platforms//os:linux"),
            toolchain = repr(toolchain),
            type = Label("//rules/toolchain:emulator_toolchain_type"),
        )
        for architecture, toolchain in rctx.attr.toolchains.items()
    ]), executable = False)

apt_emulators_toolchains = repository_rule(
    implementation = _apt_emulators_toolchains_impl,
    doc = "Toolchains of emulators, of which a build fetches the one for its machine.",
    attrs = {
        "toolchains": attr.string_dict(
            doc = "Debian's name of the architecture that emulators run on, to their `emulator_toolchain`.",
            mandatory = True,
        ),
    },
)
