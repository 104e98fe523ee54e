"""Finds the Dockerfiles of a workspace."""

load("//rules/private/context:pattern.bzl", "match_component", "match_components", "path_components")

# Names of Dockerfiles, and suffixes of the files that belong to one.
DOCKERFILE_NAMES = ["Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile"]
_BESIDE = [".bzl", ".dockerignore", ".lock"]

_BUILD_FILES = ["BUILD", "BUILD.bazel"]
_BOUNDARIES = ["MODULE.bazel", "REPO.bazel", "WORKSPACE", "WORKSPACE.bazel"]

# Directories below directories; no path of Linux has more.
_MAX_DEPTH = 2048

def find_dockerfiles(context, root, *, directories = [""], names = DOCKERFILE_NAMES, exclude = [], limit = None):
    """Finds the Dockerfiles below some directories of a workspace.

    Bazel watches the entries of the root, and in each directory the names without
    wildcards that no file has, so it notices a Dockerfile that is added to a
    directory. It must not watch a file: an edit would repeat the search. Nor other
    entries: Bazel 7 refuses to build ("Inconsistent filesystem operations") after a
    directory that it listed is deleted.

    Symbolic links are not followed. `.git`, the paths in `.bazelignore` and nested
    workspaces are excluded.

    Args:
      context: a repository_ctx or module_ctx.
      root: path of the workspace.
      directories: directories of the workspace, "" for the complete workspace.
      names: patterns of the names of Dockerfiles.
      exclude: patterns of files and directories, relative to the root; `**` matches any
        number of directories.
      limit: the number of directories after which to stop; None for no limit.

    Returns:
      struct(files, missing): a sorted list of struct(package, name) of each Dockerfile,
      where `package` is that of the closest BUILD file above or, if there is none,
      its directory; and the directories that do not exist.
    """
    wanted = [path_components(directory) for directory in directories]
    skipped = [[".git"]] + [path_components(path) for path in _bazelignore(context, root) + exclude]
    files = []
    seen = []
    level = [struct(path = root, real = str(root.realpath), at = [], package = None)]
    for _ in range(_MAX_DEPTH):
        below = []
        for directory in level:
            if limit != None and len(seen) >= limit:
                break
            entries = _entries(directory, wanted, skipped)
            seen.append(directory.at)
            below += entries.directories
            if _is_below(directory.at, wanted):
                _watch_missing(context, directory.path, names)
                files += [
                    _file(entries.package, directory.at, name)
                    for name in entries.files
                    if _is_dockerfile(name, names)
                ]
        level = below
        if not level:
            break
    return struct(
        files = sorted(files, key = lambda file: (file.package, file.name)),
        missing = [directories[i] for i, at in enumerate(wanted) if at not in seen],
    )

def _watch_missing(context, directory, names):
    for name in names:
        if "*" not in name and "?" not in name and "[" not in name and not directory.get_child(name).exists:
            context.watch(directory.get_child(name))

def _entries(directory, wanted, skipped):
    """Returns struct(package, directories, files) of a directory, sorted by name."""
    children = {child.basename: child for child in directory.path.readdir(watch = "no" if directory.at else "yes")}
    if directory.at and [name for name in _BOUNDARIES if name in children]:
        return struct(package = None, directories = [], files = [])
    package = directory.package
    if [name for name in _BUILD_FILES if name in children]:
        package = directory.at
    directories = []
    files = []
    for name in sorted(children):
        at = directory.at + [name]
        if not _is_towards(at, wanted) or [pattern for pattern in skipped if match_components(pattern, at)]:
            continue
        child = children[name]
        real = directory.real.rstrip("/") + "/" + name
        if not child.is_dir:
            files.append(name)
        elif str(child.realpath) == real:
            directories.append(struct(path = child, real = real, at = at, package = package))
    return struct(package = package, directories = directories, files = files)

def _file(package, at, name):
    if package == None:
        package = at
    return struct(package = "/".join(package), name = "/".join(at[len(package):] + [name]))

def _is_dockerfile(name, patterns):
    return (
        not [end for end in _BESIDE if name.endswith(end)] and
        [pattern for pattern in patterns if match_component(pattern, name)] != []
    )

def _is_below(at, directories):
    return [directory for directory in directories if at[:len(directory)] == directory] != []

def _is_towards(at, directories):
    """Returns whether a path is in one of the directories or leads to it."""
    return [directory for directory in directories if at[:len(directory)] == directory[:len(at)]] != []

def _bazelignore(context, root):
    """Returns the paths that .bazelignore names."""
    file = root.get_child(".bazelignore")
    context.watch(file)
    if not file.exists:
        return []
    lines = [line.strip() for line in context.read(file).split("\n")]
    return [line for line in lines if line and not line.startswith("#")]
