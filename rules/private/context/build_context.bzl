"""The `build_context` rule: the files that COPY and ADD can read, and their paths."""

load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load(":ignore.bzl", "ignores", "parse_ignore")
load(":placement.bzl", "clean_path", "merge_entries", "stripped_path")
load(":runfiles.bzl", "runfiles_of")

def _build_context_impl(ctx):
    entries = []
    for target in ctx.attr.srcs:
        entries.extend(_at_own_path(ctx, target))
    prefixes = {target.label: prefix for target, prefix in ctx.attr.strip_prefix.items()}
    for target, path in ctx.attr.context_paths.items():
        entries.extend(_placed(ctx, target, path, prefixes.pop(target.label, None)))
    if prefixes:
        fail("strip_prefix: %s is not in context_paths" % prefixes.keys()[0])

    ignore = None
    patterns = parse_ignore(ctx.attr.ignore)
    if patterns:
        entries = [e for e in entries if not ignores(patterns, e.path)]
    merged = merge_entries(entries)
    if merged.error:
        fail(merged.error)
    entries = merged.entries
    if ctx.attr.ignore and (patterns == None or ctx.file.context_tar or [e for e in entries if e.file.is_directory]):
        ignore = ctx.actions.declare_file(ctx.label.name + ".ignore")
        ctx.actions.write(ignore, ctx.attr.ignore)
    return [BuildContextInfo(
        entries = entries,
        archive = ctx.file.context_tar,
        ignore = ignore,
    )]

def context_of_target(ctx, target):
    """Returns a build context with only the files of a target.

    Args:
      ctx: context of a rule with `EMPTY_FILE`.
      target: a target with files, which are at their path below its package, with
        the runfiles if it is executable; or with a directory, whose files are at the
        root.

    Returns:
      A BuildContextInfo.
    """
    package = target.label.package + "/" if target.label.package else ""
    paths = {
        file: "." if file.is_directory else file.short_path.removeprefix(package)
        for file in target[DefaultInfo].files.to_list()
    }
    return BuildContextInfo(entries = _entries(ctx, target, paths), archive = None, ignore = None)

def _entries(ctx, target, paths):
    """Returns the entries of the files of a target, at `paths`, and of its runfiles."""
    executable = target[DefaultInfo].files_to_run.executable
    runfiles = runfiles_of(target, ctx.workspace_name, ctx.file._empty) if executable in paths else {}
    entries = [(path, file) for file, path in paths.items()]
    for below, file in runfiles.items():
        entries.append(("%s.runfiles/%s" % (paths[executable], below), file))
    return [
        struct(path = path, file = file, label = target.label, shared = runfiles != {})
        for path, file in entries
    ]

def _at_own_path(ctx, target):
    """Returns the entries of a target of `srcs`."""
    paths = {file: _path_below(ctx, file) for file in target[DefaultInfo].files.to_list()}
    return _entries(ctx, target, paths)

def _path_below(ctx, file):
    """Returns the path of a file of `srcs` in the build context."""
    root = ctx.attr.root + "/" if ctx.attr.root else ""
    if not file.short_path.startswith(root) or file.short_path.startswith("../"):
        fail("srcs: %s is not below the root of the build context, \"%s\"\nhint: set its path with context_paths = {\"%s\": \"path\"}" % (
            file.short_path,
            ctx.attr.root,
            file.owner,
        ))
    return file.short_path[len(root):]

def _placed(ctx, target, path, strip_prefix):
    """Returns the entries of a target that context_paths puts at `path`."""
    if path.startswith("/") or path.startswith("../"):
        fail("context_paths: %s: expected a path relative to the root of the build context, got \"%s\"" % (target.label, path))
    files = target[DefaultInfo].files.to_list()
    executable = target[DefaultInfo].files_to_run.executable
    is_directory = path.endswith("/") or path in ["", "."]
    if strip_prefix != None and not is_directory:
        fail("strip_prefix requires a directory for %s in context_paths, got \"%s\"\nhint: write \"%s/\"" % (target.label, path, path))
    if not is_directory and len(files) != 1:
        if executable not in files:
            fail("context_paths: expected one file in %s, got %d\nhint: write \"%s/\" for a directory with all files, or name one of its files" % (target.label, len(files), path))
        files = [executable]
    return _entries(ctx, target, {
        file: clean_path(path + "/" + _kept_path(target, file, strip_prefix) if is_directory else path)
        for file in files
    })

def _kept_path(target, file, strip_prefix):
    """Returns the path of a file below the directory in context_paths."""
    if strip_prefix == None and file == target[DefaultInfo].files_to_run.executable:
        return file.basename
    same_repository = file.owner.workspace_name == target.label.workspace_name
    kept = stripped_path(file.short_path, target.label.package if same_repository else None, strip_prefix)
    if kept == None or (kept == "" and not file.is_directory):
        fail("strip_prefix: %s of %s is not below \"%s\"" % (file.short_path, target.label, strip_prefix))
    return kept

# The attribute that `context_of_target` reads.
EMPTY_FILE = {
    "_empty": attr.label(
        default = "//rules/private/context:empty",
        allow_single_file = True,
    ),
}

build_context = rule(
    implementation = _build_context_impl,
    doc = "The build context of an image. `dockerfile_image` declares it; stages read it.",
    attrs = {
        "srcs": attr.label_list(
            doc = "Files of the build context, at their path below `root`.",
            allow_files = True,
        ),
        "context_paths": attr.label_keyed_string_dict(
            doc = "Targets, each with its path in the build context. A path that ends in `/` is a directory for all files of the target.",
            allow_files = True,
        ),
        "context_tar": attr.label(
            doc = "Archive with more files of the build context.",
            allow_single_file = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2"],
        ),
        "ignore": attr.string(
            doc = "The text of the .dockerignore file.",
        ),
        "root": attr.string(
            doc = "Directory of the workspace that is the root of the build context.",
        ),
        "strip_prefix": attr.label_keyed_string_dict(
            doc = "Targets of `context_paths`, each with the directory that is removed from the paths of its files, instead of the package.",
            allow_files = True,
        ),
    } | EMPTY_FILE,
    provides = [BuildContextInfo],
)
