"""Selects the files of a build context that the sources of an instruction can match.

An instruction does not depend on other files, so a change of them does not run it
again.
"""

load(":pattern.bzl", "has_meta", "match_component", "path_components")

def select_entries(entries, sources):
    """Selects the entries of a build context that may match a source.

    Args:
      entries: list of struct(path, file).
      sources: words of COPY, ADD or a mount, before expansion.

    Returns:
      A list of entries.
    """
    patterns = [_source_pattern(source) for source in sources if not is_remote(source)]
    if [p for p in patterns if p == []]:
        return entries
    if not patterns:
        return []
    return [e for e in entries if _may_match(patterns, e)]

def missing_source(entries, sources):
    """Finds the first source that cannot match anything.

    Wildcards may match nothing; a path without wildcards must exist.

    Args:
      entries: all entries of the build context.
      sources: words of COPY or ADD, before expansion.

    Returns:
      The source, or None.
    """
    for source in sources:
        pattern = _source_pattern(source)
        if is_remote(source) or pattern == [] or [p for p in pattern if has_meta(p)]:
            continue
        if not [e for e in entries if _may_match([pattern], e)]:
            return source
    return None

def is_remote(source):
    """Returns whether a source of ADD is a URL or a git reference.

    Args:
      source: a word of ADD.
    """
    scheme, separator, _ = source.partition("://")
    if separator:
        return scheme.lower() in ["git", "http", "https", "ssh"]
    host, colon, path = source.partition(":")
    user, at, host = host.partition("@")
    return bool(colon and path and at and user and host) and "/" not in user + host

def is_git(source):
    """Returns whether a remote source is a git reference.

    Args:
      source: a word of ADD for which `is_remote` is true.
    """
    path = source.partition("#")[0].partition("?")[0]
    return path.endswith(".git") or not source.lower().startswith("http")

def select_remote_files(remote_files, sources):
    """Selects the files that are available for the remote sources of ADD.

    Args:
      remote_files: dict from URL or git reference to struct(file, modified).
      sources: words of ADD, before expansion.

    Returns:
      struct(files, missing): a dict like `remote_files`, and the first source without
      a file, or None.
    """
    remote = [source for source in sources if is_remote(source) or "$" in source]
    if [source for source in remote if "$" in source]:
        return struct(files = remote_files, missing = None)
    missing = [source for source in remote if source not in remote_files]
    return struct(
        files = {source: remote_files[source] for source in remote if source in remote_files},
        missing = missing[0] if missing else None,
    )

def _source_pattern(source):
    """Returns component patterns; [] matches everything."""
    if [ch for ch in "$'\"\\`".elems() if ch in source]:
        return []
    components = path_components(source)
    for i, component in enumerate(components):
        if "**" in component:
            return components[:i]
    return components

def _may_match(patterns, entry):
    names = path_components(entry.path)
    for pattern in patterns:
        length = min(len(pattern), len(names)) if entry.file.is_directory else len(pattern)
        if length > len(names):
            continue
        if all([match_component(pattern[i], names[i]) for i in range(length)]):
            return True
    return False
