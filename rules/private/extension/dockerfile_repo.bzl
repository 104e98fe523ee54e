"""The `dockerfile_repo` repository rule: the macro of one Dockerfile."""

load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/plan:locked.bzl", "named_images")
load("//rules/private/plan:suggest.bzl", "did_you_mean")
load("//rules/private/registry:locked_images.bzl", "read_locked_images", "write_locked_images")
load("//rules/private/registry:registry_url.bzl", "mirrors_of_host", "registry_of")
load(":starlark_literal.bzl", "starlark_literal")

_DEFS = Label("//rules/private:dockerfile_image.bzl")

# Limit of the readable part of a repository's name.
_MAX_NAME = 64

def repo_name(hub, label):
    """Returns the name of the repository with the macro of a Dockerfile.

    Args:
      hub: name of the repository that provides the macro.
      label: Label of the Dockerfile.

    Returns:
      A string, such as `dockerfiles_app_Dockerfile_12ab34cd`.
    """
    path = "/".join([part for part in [label.package, label.name] if part])
    readable = "".join([ch if ch.isalnum() else "_" for ch in path.elems()])
    return "%s_%s_%x" % (hub, readable[-_MAX_NAME:], hash(label.package + ":" + label.name) & 0xffffffff)

def lock_repo_name(hub, label):
    """Returns the name of the repository with the files that the lock of a Dockerfile names.

    Args:
      hub: name of the repository that provides the macro.
      label: Label of the Dockerfile.
    """
    return repo_name(hub, label) + "_lock"

def _path_of(rctx, label):
    """Returns the path of a file. By its label, Bazel would look for its package first."""
    if label.repo_name:
        return rctx.path(label)
    return rctx.workspace_root.get_child("/".join([part for part in [label.package, label.name] if part]))

def _read_lock(rctx, dockerfile):
    """Returns the images of the lock beside a Dockerfile, from `read_locked_images`."""
    label = rctx.attr.dockerfile
    lock = read_locked_images(
        rctx,
        dockerfile.dirname.get_child(dockerfile.basename + ".lock"),
        "/".join([part for part in [label.package, label.name + ".lock"] if part]),
    )
    if lock.error:
        fail(lock.error)
    return lock

def _dockerfile_repo_impl(rctx):
    label = rctx.attr.dockerfile
    path = _path_of(rctx, label)
    if not path.exists:
        fail(_missing(label, path))
    root = rctx.attr.context_root
    lock = _read_lock(rctx, path) if rctx.attr.reads_lock else struct(images = [])
    locked = write_locked_images(rctx.attr.hub, lock)
    outline = outline_dockerfile(rctx.read(path))
    rctx.file(
        "Dockerfile.bzl",
        _MACRO.format(
            defs = str(_DEFS),
            ignore = starlark_literal(_ignore_text(rctx, path, root)),
            label = starlark_literal(str(label)),
            lock_repo = rctx.attr.lock_repo,
            locked_images = starlark_literal(locked.images),
            mirrors = starlark_literal(mirrors_of_host(
                rctx,
                rctx.attr.mirrors,
                [registry_of(image) for image in named_images(outline)],
            )),
            outline = starlark_literal(outline),
            root = starlark_literal(label.package if root == "." else root),
        ),
        executable = False,
        legacy_utf8 = False,
    )
    rctx.file("BUILD.bazel", locked.build, executable = False, legacy_utf8 = False)

def _missing(label, path):
    beside = [child.basename for child in path.dirname.readdir(watch = "no")] if path.dirname.exists else []
    return "no such file: //%s:%s%s" % (label.package, label.name, did_you_mean(path.basename, beside))

def _ignore_text(rctx, dockerfile, root):
    """Returns the text of the ignore file (Dockerfile reference, ".dockerignore file")."""
    context = dockerfile.dirname
    if root != ".":
        context = rctx.workspace_root.get_child(root) if root else rctx.workspace_root
    for path in [
        dockerfile.dirname.get_child(dockerfile.basename + ".dockerignore"),
        context.get_child(".dockerignore"),
    ]:
        rctx.watch(path)
        if path.exists:
            return rctx.read(path)
    return ""

_MACRO = '''"""Generated from a Dockerfile by the dockerfiles extension."""

load("{defs}", _dockerfile_image = "dockerfile_image")

OUTLINE = {outline}

IGNORE = {ignore}

_LOCKED_IMAGES = [
    {{
        "label": str(Label("//:" + image["target"])),
        "onbuild": image["onbuild"],
        "platform": image["platform"],
        "reference": image["reference"],
        "lock_command": "",
    }}
    for image in {locked_images}
]

_MIRRORS = {mirrors}

def dockerfile_image(name, **kwargs):
    """Builds an image from the Dockerfile.

    Args:
      name: name of the image's target.
      **kwargs: see dockerfile_image in {defs}.
    """
    _dockerfile_image(
        name = name,
        dockerfile = {label},
        outline = OUTLINE,
        ignore = IGNORE,
        network_lock = Label("@{lock_repo}//:lock"),
        locked_images = _LOCKED_IMAGES + kwargs.pop("shared_images", []),
        mirrors = _MIRRORS,
        context_root = kwargs.pop("context_root", {root}),
        **kwargs
    )
'''

dockerfile_repo = repository_rule(
    implementation = _dockerfile_repo_impl,
    doc = """Reads a Dockerfile and generates the macro `dockerfile_image` for it.

    The next build notices changes of the Dockerfile, its lock and the ignore file.""",
    attrs = {
        "context_root": attr.string(
            doc = "Directory of the workspace that is the root of the build context; `.` for the package of the Dockerfile.",
            default = ".",
        ),
        "dockerfile": attr.label(
            doc = "The Dockerfile.",
            allow_single_file = True,
            mandatory = True,
        ),
        "hub": attr.string(
            doc = "Name of the repository that provides the macro.",
            mandatory = True,
        ),
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "lock_repo": attr.string(
            doc = "Name of the repository with the files that its lock names.",
            mandatory = True,
        ),
        "reads_lock": attr.bool(
            doc = "Whether its lock may have images, or is not watched by what declares the repository.",
            mandatory = True,
        ),
    },
)
