"""The lock file of a Debian base image: names, places and digests of its packages."""

load(":mirrors.bzl", "ARCHIVES")

# The platform of each of Debian's architectures.
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
    """Why `package` of a lock file is malformed; None if it is not."""
    if type(package) != "dict":
        return "package %s: want an object" % repr(package)
    for field in _PACKAGE_FIELDS:
        if field not in package:
            return "package %s: no field \"%s\"" % (repr(package.get("name")), field)
    name = package["name"]
    if package["archive"] not in ARCHIVES:
        return "package \"%s\": archive \"%s\": want %s" % (name, package["archive"], " or ".join(ARCHIVES))
    path = package["path"]
    if not path.startswith("pool/") or not path.endswith(".deb") or ".." in path.split("/"):
        return "package \"%s\": path \"%s\": want pool/….deb" % (name, path)
    sha256 = package["sha256"]
    if len(sha256) != 64 or sha256.strip("0123456789abcdef"):
        return "package \"%s\": sha256 \"%s\": want 64 lower-case hex digits" % (name, sha256)
    return None

def _lock_error(lock):
    """Why the decoded lock file is malformed; None if it is not."""
    if type(lock) != "dict":
        return "want a JSON object"
    if lock.get("version") != 1:
        return "lock file version %s: want 1; lock the packages again" % repr(lock.get("version"))
    for field in ["suite", "architecture", "date", "packages"]:
        if field not in lock:
            return "no field \"%s\"" % field
    if lock["architecture"] not in PLATFORMS:
        return "architecture \"%s\": want %s" % (lock["architecture"], ", ".join(PLATFORMS))
    for package in lock["packages"]:
        error = _package_error(package)
        if error:
            return error
    return None

def parse_apt_lock(text):
    """Reads the text of a lock file, as `apt_lock` writes it.

    Args:
      text: string: the file's text.

    Returns:
      A struct:
        error: string: why it is malformed; None if it is not, and the rest is there.
        suite: string: Debian's name of the release, "bookworm".
        architecture: string: Debian's name of the architecture, "amd64".
        date: int: the archive's date, in seconds since the Unix epoch.
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
