"""Platforms such as `linux/arm64`, and their normal form."""

# OCI's name of the target platform, by the condition of a select().
TARGET_PLATFORMS = {
    str(Label("//rules/platform:linux_amd64")): "linux/amd64",
    str(Label("//rules/platform:linux_arm64")): "linux/arm64",
    str(Label("//rules/platform:linux_arm_v7")): "linux/arm/v7",
    str(Label("//rules/platform:linux_ppc64le")): "linux/ppc64le",
    str(Label("//rules/platform:linux_riscv64")): "linux/riscv64",
    str(Label("//rules/platform:linux_s390x")): "linux/s390x",
}

_SYSTEMS = ["aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "windows", "zos"]

_ARCHITECTURES = {
    "aarch64": ("arm64", ""),
    "armel": ("arm", "v6"),
    "armhf": ("arm", "v7"),
    "i386": ("386", ""),
    "x86-64": ("amd64", ""),
    "x86_64": ("amd64", ""),
}

# Variants that the normal form omits, and the default for a missing variant.
_SILENT = {"amd64": ["1", "v1"], "arm64": ["8", "v8"]}
_DEFAULT = {"arm": "v7"}

def normalize_platform(platform, default):
    """Returns a platform as containerd's `platforms.Normalize` spells it.

    Args:
      platform: such as `linux/aarch64`, `arm64`, `linux`, `linux/arm/7`.
      default: the platform that provides missing parts, such as `linux/amd64`: the
        platform on which the tools run.

    Returns:
      os/architecture[/variant], such as `linux/arm64`, the system with its version
      and features if it has them: `windows(10.0+win32k)/amd64`. The tools refuse a
      malformed platform.
    """
    parts = platform.split("/")
    system, parenthesis, options = parts[0].partition("(")
    options = parenthesis + _sorted_features(options)
    parts = [part.lower() for part in [system] + parts[1:]]
    if parts[0] == "macos":
        parts[0] = "darwin"
    if len(parts) == 1 and parts[0] in _SYSTEMS:
        return "/".join([parts[0] + ("" if options == "()" else options)] + default.split("/")[1:])
    if len(parts) == 1:
        parts = [default.partition("/")[0]] + parts
    system, architecture = parts[:2]
    variant = parts[2] if len(parts) > 2 else ""
    if architecture in _ARCHITECTURES:
        architecture, implied = _ARCHITECTURES[architecture]
        variant = implied or variant
    if variant in _SILENT.get(architecture, []):
        variant = ""
    system += "" if options == "()" else options
    if variant.isdigit() and architecture == "arm":
        variant = "v" + variant
    variant = variant or _DEFAULT.get(architecture, "")
    return "/".join([system, architecture] + ([variant] if variant else []) + parts[3:])

def _sorted_features(options):
    """Sorts the features in `10.0+b+a)`."""
    if not options.endswith(")"):
        return options
    version, plus, features = options.removesuffix(")").partition("+")
    return version + plus + "+".join(sorted(features.split("+"))) + ")"

def same_architecture(platform, other):
    """Returns whether two platforms have the same system and architecture.

    BuildKit requires that of a base; it does not compare variants.

    Args:
      platform: from `normalize_platform`.
      other: the same.
    """
    return _system_and_architecture(platform) == _system_and_architecture(other)

def _system_and_architecture(platform):
    parts = platform.split("/")
    return [parts[0].partition("(")[0]] + parts[1:2]

def platform_version(platform):
    """Returns the version of the system, the value of TARGETOSVERSION.

    Args:
      platform: from `normalize_platform`.
    """
    options = platform.partition("/")[0].partition("(")[2].removesuffix(")")
    version = options.partition("+")[0]
    for code, character in [("%2B", "+"), ("%2b", "+"), ("%28", "("), ("%29", ")"), ("%2F", "/"), ("%2f", "/"), ("%25", "%")]:
        version = version.replace(code, character)
    return version

def select_platform(values, otherwise):
    """Returns a select() on the target platform.

    Args:
      values: dict from platform to value. Platforms that are not in TARGET_PLATFORMS
        are ignored.
      otherwise: the value for all other platforms.
    """
    return select({
        condition: values[platform]
        for condition, platform in TARGET_PLATFORMS.items()
        if platform in values
    } | {"//conditions:default": otherwise})
