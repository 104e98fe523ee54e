"""Downloads the packages of a lock file."""

load(":mirrors.bzl", "find_mirrors")

def missing_packages_message(lock, missing, mirrors):
    """Returns the message that packages could not be downloaded.

    Args:
      lock: label of the lock file.
      missing: list of packages of `parse_apt_lock`.
      mirrors: dict: archive to URL.

    Returns:
      string: the message.
    """
    return "\n".join([
        "%s: packages are not available with the locked digests:" % lock,
    ] + [
        "  %s %s: %s/%s" % (package.name, package.version, mirrors[package.archive], package.path)
        for package in missing
    ] + [
        "hint: Debian mirrors have only the newest packages: run the apt_lock target of this file with `bazel run`,",
        "or set RD_DEBIAN_MIRROR and RD_DEBIAN_SECURITY_MIRROR to mirrors that have these packages",
    ])

def download_packages(rctx, lock, hint = ""):
    """Downloads the packages of a lock file to their paths.

    Args:
      rctx: the context of a repository rule with attributes `lock` and `mirrors`.
      lock: from `parse_apt_lock`.
      hint: another hint if packages are not available.

    Returns:
      dict: from `find_mirrors`.
    """
    mirrors = find_mirrors(rctx, {package.archive: None for package in lock.packages}.keys())
    pending = []
    for package in lock.packages:
        pending.append((package, rctx.download(
            allow_fail = True,
            block = False,
            output = package.path,
            sha256 = package.sha256,
            url = "%s/%s" % (mirrors[package.archive], package.path),
        )))
    missing = [package for package, download in pending if not download.wait().success]
    if missing:
        fail(missing_packages_message(rctx.attr.lock, missing, mirrors) + hint)
    return mirrors
