"""Repositories with QEMU from Debian packages."""

load("//rules/private/toolchain:emulator_repos.bzl", "emulator_toolchains_text")
load("//rules/private/toolchain:emulator_toolchain.bzl", "architecture_of")
load(":debian_emulators.bzl", "QEMU_PACKAGES")
load(":debian_packages.bzl", "download_packages")
load(":lock.bzl", "PLATFORMS", "parse_apt_lock")

# The architectures of Debian that can run emulators.
_ARCHITECTURES = ["amd64", "arm64", "armhf", "i386", "ppc64el", "riscv64", "s390x"]

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

# The lock files that the rules have, by Debian's name of the architecture.
DEFAULT_EMULATOR_LOCKS = {
    "amd64": Label("//rules/private/apt:qemu_amd64.lock.json"),
    "arm64": Label("//rules/private/apt:qemu_arm64.lock.json"),
}

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
    if lock.architecture not in _ARCHITECTURES:
        return "architecture: expected %s, got \"%s\"" % (", ".join(_ARCHITECTURES), lock.architecture)
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
        emulator_toolchains_text(
            runs_on = architecture_of(PLATFORMS[architecture]),
            runs = None,
            toolchain = toolchain,
        )
        for architecture, toolchain in rctx.attr.toolchains.items()
    ]), executable = False)

apt_emulators_toolchains = repository_rule(
    implementation = _apt_emulators_toolchains_impl,
    doc = "Toolchains of emulators. A build fetches only the one for its execution platform, and only for images of foreign architectures.",
    attrs = {
        "toolchains": attr.string_dict(
            doc = "Debian's names of architectures that emulators run on, each with its `emulator_toolchain`.",
            mandatory = True,
        ),
    },
)

def apt_emulators(name = "emulators", locks = None, mirrors = {}):
    """Declares QEMU from Debian's package, as `apt.emulators` does, for a WORKSPACE.

    ```starlark
    load("@rules_dockerfile//rules:apt.bzl", "apt_emulators")

    apt_emulators()

    register_toolchains("@emulators//:all")
    ```

    Args:
      name: name of the repository with the toolchains.
      locks: dict from Debian's name of an architecture that builds to the label of
        its lock file; by default those of amd64 and arm64 that the rules have.
      mirrors: dict from archive (`debian`, `debian-security`) to the URL of its mirror.
    """
    toolchains = {}
    for architecture, lock in (DEFAULT_EMULATOR_LOCKS if locks == None else locks).items():
        repository = "%s_%s" % (name, architecture)
        toolchains[architecture] = "@%s//:emulators" % repository
        apt_emulators_package(name = repository, lock = lock, mirrors = mirrors)
    apt_emulators_toolchains(name = name, toolchains = toolchains)
