"""Where Debian packages come from: the mirrors that this machine's apt uses."""

# The archives that a lock file may name, and the variable that gives each one's mirror.
ARCHIVES = {
    "debian": "RD_DEBIAN_MIRROR",
    "debian-security": "RD_DEBIAN_SECURITY_MIRROR",
}

def mirrors_from_index_targets(text):
    """The mirror of each archive among the sources of apt.

    Args:
      text: string: one repository URL a line, in apt's order.

    Returns:
      dict: archive to URL, without a trailing slash. Of several the first counts.
    """
    mirrors = {}
    for line in text.split("\n"):
        url = line.strip().rstrip("/")
        archive = url.split("/")[-1]
        if archive in ARCHIVES and url.startswith(("http://", "https://")):
            mirrors.setdefault(archive, url)
    return mirrors

def no_mirror_message(lock, archive):
    """Says that no mirror of an archive is known, and what to do.

    Args:
      lock: label of the lock file.
      archive: string: a key of `ARCHIVES`.

    Returns:
      string: the message.
    """
    return ("%s: no mirror of the archive \"%s\": this machine's apt has none. " +
            "Set %s to the URL of one (--repo_env=%s=URL in .bazelrc), or the attribute mirrors") % (
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

def machine_mirrors(rctx):
    """The mirrors that this machine has: by environment variable, attribute `mirrors`, or its apt.

    Args:
      rctx: the context of a repository rule with an attribute `mirrors`.

    Returns:
      dict: name (of `ARCHIVES`, or a key of the attribute) to URL, without a trailing slash.
    """
    mirrors = _apt_mirrors(rctx)
    mirrors.update({name: url.rstrip("/") for name, url in rctx.attr.mirrors.items()})
    for name in {name: None for name in ARCHIVES.keys() + mirrors.keys()}:
        url = rctx.getenv("RD_%s_MIRROR" % name.upper().replace("-", "_"))
        if url:
            mirrors[name] = url.rstrip("/")
    return mirrors

def find_mirrors(rctx, archives):
    """The mirrors that a lock file needs.

    Args:
      rctx: the context of a repository rule with attributes `lock` and `mirrors`.
      archives: list of strings: the archives that are needed.

    Returns:
      dict: from `machine_mirrors`. Has all of `archives`, maybe more.
    """
    mirrors = machine_mirrors(rctx)
    for archive in archives:
        if archive not in mirrors:
            fail(no_mirror_message(rctx.attr.lock, archive))
    return mirrors
