"""Mirrors of Debian packages, by default those of the host's apt."""

# The archives that a lock file may name, with the environment variable of the mirror.
ARCHIVES = {
    "debian": "RD_DEBIAN_MIRROR",
    "debian-security": "RD_DEBIAN_SECURITY_MIRROR",
}

def mirrors_from_index_targets(text):
    """Returns the mirror of each archive among the apt sources.

    Args:
      text: string: one repository URL per line, in the order of apt.

    Returns:
      dict: archive to URL, without a trailing slash. The first of several is used.
    """
    mirrors = {}
    for line in text.split("\n"):
        url = line.strip().rstrip("/")
        archive = url.split("/")[-1]
        if archive in ARCHIVES and url.startswith(("http://", "https://")):
            mirrors.setdefault(archive, url)
    return mirrors

def no_mirror_message(lock, archive):
    """Returns the message that no mirror of an archive is known.

    Args:
      lock: label of the lock file.
      archive: string: a key of `ARCHIVES`.

    Returns:
      string: the message.
    """
    return ("%s: no mirror of the archive \"%s\" among the host's apt sources\n" +
            "hint: set %s to its URL (--repo_env=%s=URL in .bazelrc), or the attribute mirrors") % (
        lock,
        archive,
        ARCHIVES[archive],
        ARCHIVES[archive],
    )

def _apt_mirrors(rctx):
    apt_get = rctx.which("apt-get")
    if not apt_get:
        return {}
    result = rctx.execute([apt_get, "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    return mirrors_from_index_targets(result.stdout) if result.return_code == 0 else {}

def host_mirrors(rctx):
    """Returns the mirrors from environment variables, the attribute `mirrors`, or the host's apt.

    Args:
      rctx: the context of a repository rule with an attribute `mirrors`.

    Returns:
      dict: name (a key of `ARCHIVES` or of the attribute) to URL, without a trailing slash.
    """
    mirrors = _apt_mirrors(rctx)
    mirrors.update({name: url.rstrip("/") for name, url in rctx.attr.mirrors.items()})
    for name in {name: None for name in ARCHIVES.keys() + mirrors.keys()}:
        url = rctx.getenv("RD_%s_MIRROR" % name.upper().replace("-", "_"))
        if url:
            mirrors[name] = url.rstrip("/")
    return mirrors

def find_mirrors(rctx, archives):
    """Returns the mirrors that a lock file needs.

    Args:
      rctx: the context of a repository rule with attributes `lock` and `mirrors`.
      archives: list of strings: the required archives.

    Returns:
      dict: from `host_mirrors`, with at least `archives`.
    """
    mirrors = host_mirrors(rctx)
    for archive in archives:
        if archive not in mirrors:
            fail(no_mirror_message(rctx.attr.lock, archive))
    return mirrors
