"""Architectures that emulators run on, and whose programs they run."""

load("//rules/private/plan:platform.bzl", "normalize_platform")
load(":emulator_toolchain.bzl", "QEMU_MACHINES", "architecture_of")

# The value of the setting `emulated` where the architecture is not known.
ANY_ARCHITECTURE = "any"

# Its value where nothing runs but programs of the machine that builds: no toolchain is
# for it.
NO_ARCHITECTURE = "none"

_TARGET_WORDS = ["", "$TARGETPLATFORM", "${TARGETPLATFORM}"]
_BUILD_WORDS = ["$BUILDPLATFORM", "${BUILDPLATFORM}"]

# What Bazel calls the processor of each architecture that emulators run on.
EMULATOR_CPUS = {
    "386": "x86_32",
    "amd64": "x86_64",
    "arm": "armv7",
    "arm64": "aarch64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}

def emulated_architecture(platform):
    """Returns the value of the setting `emulated`: the architecture that a toolchain of emulators is resolved for.

    Args:
      platform: the platform of all programs that may run; "" if it is not known.
    """
    architecture = architecture_of(normalize_platform(platform, "linux/amd64")) if "/" in platform else ""
    return architecture if architecture in QEMU_MACHINES else ANY_ARCHITECTURE

def emulator_error(runs, runs_on):
    """Says what is wrong with the platforms of an emulator.

    Args:
      runs: the platform whose programs it runs.
      runs_on: the platform that it runs on itself.

    Returns:
      A message, None if nothing is.
    """
    for name, platform, known in [("runs", runs, QEMU_MACHINES), ("runs_on", runs_on, EMULATOR_CPUS)]:
        if emulated_architecture(platform) not in known:
            return "%s: expected a platform of %s, got \"%s\"" % (name, ", ".join(["linux/" + architecture for architecture in known]), platform)
    if emulated_architecture(runs) == emulated_architecture(runs_on):
        return "runs: expected another architecture than that of runs_on, %s, got \"%s\"" % (runs_on, runs)
    return None

def has_other_platforms(outline, build_args):
    """Returns whether a stage may have a platform that is neither the target's nor the build's.

    Args:
      outline: from `outline_dockerfile`.
      build_args: the build arguments, or a select().
    """
    if _sets_platforms(build_args):
        return True
    return [stage for stage in outline["stages"] if stage["platform"] not in _TARGET_WORDS + _BUILD_WORDS] != []

def emulated_of_stage(may_run, platform, build_args):
    """Returns the architecture of the emulators that a stage may need.

    Args:
      may_run: whether it may execute programs of its image.
      platform: the --platform of its base, as written.
      build_args: the build arguments, or a select().

    Returns:
      A value of the setting `emulated`; "" for the architecture of the target
      platform.
    """
    if not may_run:
        return NO_ARCHITECTURE
    if platform and "$" not in platform:
        return emulated_architecture(platform)
    if _sets_platforms(build_args):
        return ANY_ARCHITECTURE
    if platform in _TARGET_WORDS:
        return ""
    return NO_ARCHITECTURE if platform in _BUILD_WORDS else ANY_ARCHITECTURE

def _sets_platforms(build_args):
    return type(build_args) != "dict" or "BUILDPLATFORM" in build_args or "TARGETPLATFORM" in build_args
