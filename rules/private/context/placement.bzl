"""The path of a file in the build context."""

load(":pattern.bzl", "path_components")

def clean_path(path):
    """Returns a path of the build context in its shortest form; the root is ".".

    Args:
      path: such as "./a//b/".

    Returns:
      A string.
    """
    return "/".join(path_components(path)) or "."

def stripped_path(short_path, package, strip_prefix):
    """Returns the path of a file without a prefix.

    Args:
      short_path: of the file; in another repository it begins with "../name/".
      package: of the target; None if the file is in another repository.
      strip_prefix: what to remove: a directory below the package, a directory below
        the root of the repository if it begins with "/", or all directories if it
        is "*". None removes the package, and nothing from files outside of it.

    Returns:
      A string, "" for the directory itself; None if the file is not in the directory.
    """
    path = short_path
    if path.startswith("../"):
        path = path[len("../"):].partition("/")[2]
    if strip_prefix == "*":
        return path.rpartition("/")[2]
    if strip_prefix == None:
        below = _below(path, package) if package != None else None
        return path if below == None else below
    if strip_prefix.startswith("/"):
        return _below(path, clean_path(strip_prefix))
    if package == None:
        return None
    return _below(path, clean_path(package + "/" + strip_prefix))

def _below(path, directory):
    if directory in ["", "."]:
        return path
    if path == directory:
        return ""
    return path[len(directory) + 1:] if path.startswith(directory + "/") else None

def merge_entries(entries):
    """Removes duplicate entries.

    Args:
      entries: list of struct(path, file, label, …), paths from `clean_path`.

    Returns:
      struct(entries, error): `error` is None, or says which two labels have different
      files at the same path.
    """
    merged = []
    at = {}
    for entry in entries:
        known = at.get(entry.path)
        if known == None:
            at[entry.path] = entry
            merged.append(entry)
        elif known.file == entry.file:
            continue
        elif known.file.is_directory and entry.file.is_directory:
            merged.append(entry)
        else:
            return struct(entries = [], error = _conflict(known, entry))
    for entry in merged:
        parent = entry.path
        for _ in range(entry.path.count("/")):
            parent = parent.rpartition("/")[0]
            above = at.get(parent)
            if above != None and not above.file.is_directory:
                return struct(entries = [], error = _conflict(above, entry))
    return struct(entries = merged, error = None)

def _conflict(first, second):
    return "the build context has two different files at \"%s\": %s of %s, and %s of %s%s" % (
        first.path,
        first.file.short_path,
        first.label,
        second.file.short_path,
        second.label,
        "" if first.path == second.path else " at \"%s\"" % second.path,
    )
