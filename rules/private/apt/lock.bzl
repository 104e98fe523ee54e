"""The lock file of a Debian base image: names, paths and digests of its packages."""

load(":mirrors.bzl", "ARCHIVES")

# The platform of each Debian architecture.
PLATFORMS = {
    "amd64": "linux/amd64",
    "arm64": "linux/arm64",
    "armel": "linux/arm/v5",
    "armhf": "linux/arm/v7",
    "i386": "linux/386",
    "mips64el": "linux/mips64le",
    "ppc64el": "linux/ppc64le",
    "riscv64": "linux/riscv64",
    "s390x": "linux/s390x",
}

_PACKAGE_FIELDS = ["name", "version", "architecture", "archive", "path", "sha256", "size"]

def _package_error(package):
    """Returns why `package` of a lock file is malformed, or None."""
    if type(package) != "dict":
        return "package: expected an object, got %s" % repr(package)
    for field in _PACKAGE_FIELDS:
        if field not in package:
            return "package %s: missing field \"%s\"" % (repr(package.get("name")), field)
    name = package["name"]
    if package["archive"] not in ARCHIVES:
        return "package \"%s\": archive: expected %s, got \"%s\"" % (name, " or ".join(ARCHIVES), package["archive"])
    path = package["path"]
    if not path.startswith("pool/") or not path.endswith(".deb") or ".." in path.split("/"):
        return "package \"%s\": path: expected pool/….deb, got \"%s\"" % (name, path)
    sha256 = package["sha256"]
    if len(sha256) != 64 or sha256.strip("0123456789abcdef"):
        return "package \"%s\": sha256: expected 64 lower-case hex digits, got \"%s\"" % (name, sha256)
    return None

def _lock_error(lock):
    """Returns why the decoded lock file is malformed, or None."""
    if type(lock) != "dict":
        return "expected a JSON object"
    if lock.get("version") != 1:
        return "version: expected 1, got %s; lock the packages again" % repr(lock.get("version"))
    for field in ["suite", "architecture", "date", "packages"]:
        if field not in lock:
            return "missing field \"%s\"" % field
    if lock["architecture"] not in PLATFORMS:
        return "architecture: expected %s, got \"%s\"" % (", ".join(PLATFORMS), lock["architecture"])
    for package in lock["packages"]:
        error = _package_error(package)
        if error:
            return error
    return None

def parse_apt_lock(text):
    """Parses a lock file, as `apt_lock` writes it.

    Args:
      text: string: the file's text.

    Returns:
      A struct:
        error: string: why it is malformed; None if it is not, only then the rest exists.
        suite: string: Debian's name of the release, such as "bookworm".
        architecture: string: Debian's name of the architecture, such as "amd64".
        date: int: the date of the archive, in seconds since the Unix epoch.
        packages: list of structs with name, version, architecture, archive ("debian" or
          "debian-security"), path (below a mirror of that archive), sha256 (hex) and size (bytes).
    """
    lock = json.decode(text, default = None)
    error = _lock_error(lock)
    if error:
        return struct(error = error)
    return struct(
        error = None,
        suite = lock["suite"],
        architecture = lock["architecture"],
        date = lock["date"],
        packages = [
            struct(**{field: package[field] for field in _PACKAGE_FIELDS})
            for package in lock["packages"]
        ],
    )
