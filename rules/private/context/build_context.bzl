"""The `build_context` rule: which files COPY and ADD can see, and where."""

load("//rules/private/providers:build_context_info.bzl", "BuildContextInfo")
load(":ignore.bzl", "ignores", "parse_ignore")

def _build_context_impl(ctx):
    entries = [
        struct(path = _path_below(ctx, file), file = file)
        for file in ctx.files.srcs
    ]
    for target, path in ctx.attr.context_paths.items():
        entries.extend(_placed(target, path))

    ignore = None
    patterns = parse_ignore(ctx.attr.ignore)
    if patterns:
        entries = [e for e in entries if not ignores(patterns, e.path)]
    if ctx.attr.ignore and (patterns == None or ctx.file.context_tar or [e for e in entries if e.file.is_directory]):
        ignore = ctx.actions.declare_file(ctx.label.name + ".ignore")
        ctx.actions.write(ignore, ctx.attr.ignore)
    return [BuildContextInfo(
        entries = entries,
        archive = ctx.file.context_tar,
        ignore = ignore,
    )]

def context_of_target(target):
    """Makes a build context of the files of a target alone.

    Args:
      target: files, at their path below the package of the target; or a
        directory, whose files are at the root.

    Returns:
      A BuildContextInfo.
    """
    package = target.label.package + "/" if target.label.package else ""
    entries = []
    for file in target[DefaultInfo].files.to_list():
        path = "." if file.is_directory else file.short_path.removeprefix(package)
        entries.append(struct(path = path, file = file))
    return BuildContextInfo(entries = entries, archive = None, ignore = None)

def _path_below(ctx, file):
    """Returns the path in the context of a file of `srcs`."""
    root = ctx.attr.root + "/" if ctx.attr.root else ""
    if not file.short_path.startswith(root) or file.short_path.startswith("../"):
        fail("srcs: %s is not below the root of the build context, \"%s\": give it a path with context_paths = {\"%s\": \"path\"}" % (
            file.short_path,
            ctx.attr.root,
            file.owner,
        ))
    return file.short_path[len(root):]

def _placed(target, path):
    """Returns the entries of a target that context_paths puts at `path`."""
    files = target[DefaultInfo].files.to_list()
    if path.startswith("/") or path.startswith("../"):
        fail("context_paths: \"%s\" of %s: want a path relative to the root of the build context" % (path, target.label))
    if path.endswith("/") or path in ["", "."]:
        directory = "" if path in ["", "./", "."] else path
        return [struct(path = directory + file.basename, file = file) for file in files]
    if len(files) != 1:
        executable = target[DefaultInfo].files_to_run.executable
        if executable not in files:
            fail("context_paths: %s has %d files: write \"%s/\" to put them into a directory, or name one of its files" % (target.label, len(files), path))
        files = [executable]
    return [struct(path = path, file = files[0])]

build_context = rule(
    implementation = _build_context_impl,
    doc = "The build context of an image. `dockerfile_image` makes one; stages read it.",
    attrs = {
        "srcs": attr.label_list(
            doc = "Files at their path below `root`.",
            allow_files = True,
        ),
        "context_paths": attr.label_keyed_string_dict(
            doc = "Targets and the path of the context at which they appear; a path that ends in `/` is a directory for all files of the target.",
            allow_files = True,
        ),
        "context_tar": attr.label(
            doc = "An archive whose files are in the context too.",
            allow_single_file = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2"],
        ),
        "ignore": attr.string(
            doc = "The text of the .dockerignore file.",
        ),
        "root": attr.string(
            doc = "Directory of the workspace that is the root of the context.",
        ),
    },
    provides = [BuildContextInfo],
)
