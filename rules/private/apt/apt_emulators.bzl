"""Repositories with QEMU from Debian packages."""

load(":debian_emulators.bzl", "QEMU_PACKAGES")
load(":debian_packages.bzl", "download_packages")
load(":lock.bzl", "PLATFORMS", "parse_apt_lock")

# Bazel's name of the processor of each Debian architecture.
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
hint: or use your own lock file: apt_lock(packages = ["qemu-user-static"], only = True) and apt.emulators(locks = [...])"""

def emulator_lock_error(lock):
    """Returns why a lock file is not one of emulators.

    Args:
      lock: from `parse_apt_lock`.

    Returns:
      string, None if it is one.
    """
    if lock.error:
        return lock.error
    names = [package.name for package in lock.packages]
    if len(names) != 1 or names[0] not in QEMU_PACKAGES:
        return "expected one package, %s, got %s" % (" or ".join(QEMU_PACKAGES), ", ".join(names) or "none")
    if lock.architecture not in _CPUS:
        return "architecture: expected %s, got \"%s\"" % (", ".join(_CPUS), lock.architecture)
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
    doc = "The Debian package of QEMU for one architecture, and the toolchain of its emulators.",
    attrs = {
        "lock": attr.label(
            allow_single_file = [".json"],
            doc = "The lock file, of one package.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Names of archives (`debian`, `debian-security`), each with the URL of its mirror.",
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
    doc = "Toolchains of emulators. A build fetches only the one for its execution platform.",
    attrs = {
        "toolchains": attr.string_dict(
            doc = "Debian's names of architectures that emulators run on, each with its `emulator_toolchain`.",
            mandatory = True,
        ),
    },
)
