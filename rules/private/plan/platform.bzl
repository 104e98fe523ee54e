"""Platforms: `linux/arm64`, however they are spelt."""

_SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "solaris", "wasip1", "windows"]

_ARCHITECTURES = {
    "aarch64": ("arm64", ""),
    "armel": ("arm", "v6"),
    "armhf": ("arm", "v7"),
    "i386": ("386", ""),
    "x86-64": ("amd64", ""),
    "x86_64": ("amd64", ""),
}

# The variant that goes without saying, and the one that a missing one is.
_SILENT = {"amd64": ["1", "v1"], "arm64": ["8", "v8"]}
_DEFAULT = {"arm": "v7"}

def normalize_platform(platform, default):
    """Returns a platform as containerd's `platforms.Normalize` spells it.

    Args:
      platform: such as `linux/aarch64`, `arm64`, `linux`, `linux/arm/7`.
      default: the platform that gives what is missing, `linux/amd64`.

    Returns:
      os/architecture[/variant], such as `linux/arm64`. What is malformed is for
      the tools to refuse.
    """
    parts = platform.lower().split("/")
    if len(parts) == 1 and parts[0] in _SYSTEMS:
        return "/".join([parts[0]] + default.split("/")[1:])
    if len(parts) == 1:
        parts = [default.partition("/")[0]] + parts
    system, architecture = parts[:2]
    variant = parts[2] if len(parts) > 2 else ""
    if architecture in _ARCHITECTURES:
        architecture, implied = _ARCHITECTURES[architecture]
        variant = implied or variant
    if variant in _SILENT.get(architecture, []):
        variant = ""
    if variant.isdigit() and architecture == "arm":
        variant = "v" + variant
    variant = variant or _DEFAULT.get(architecture, "")
    return "/".join([system, architecture] + ([variant] if variant else []) + parts[3:])
