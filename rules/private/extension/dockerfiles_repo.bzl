"""The `dockerfiles_repo` repository rule: a macro for each Dockerfile."""

load("//rules/private/network:network_lock_repo.bzl", "lock_repo_name", "network_lock_repo")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load(":starlark_literal.bzl", "starlark_literal")

_DEFS = Label("//rules:defs.bzl")

def _dockerfiles_repo_impl(rctx):
    packages = {}
    for label, root in rctx.attr.dockerfiles.items():
        path = rctx.path(label)
        rctx.watch(path)
        packages[label.package] = True
        rctx.file(
            "/".join([part for part in [label.package, label.name + ".bzl"] if part]),
            _macro_file(
                label = label,
                lock_repo = lock_repo_name(rctx.attr.hub, label),
                outline = outline_dockerfile(rctx.read(path)),
                ignore = _ignore_text(rctx, path, root),
                root = label.package if root == "." else root,
            ),
            executable = False,
            legacy_utf8 = False,
        )
    for package in packages:
        rctx.file("/".join([part for part in [package, "BUILD.bazel"] if part]), "", executable = False)
    if "" not in packages:
        rctx.file("BUILD.bazel", "", executable = False)

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

_TEMPLATE = '''"""Made from {label} by the dockerfiles extension."""

load("{defs}", _dockerfile_image = "dockerfile_image")

OUTLINE = {outline}

IGNORE = {ignore}

def dockerfile_image(name, **kwargs):
    """Builds an image from {label}.

    Args:
      name: name of the image's target.
      **kwargs: see dockerfile_image in {defs}.
    """
    _dockerfile_image(
        name = name,
        dockerfile = "{label}",
        outline = OUTLINE,
        ignore = IGNORE,
        network_lock = Label("@{lock_repo}//:lock"),
        context_root = kwargs.pop("context_root", "{root}"),
        **kwargs
    )
'''

def _macro_file(*, label, lock_repo, outline, ignore, root):
    return _TEMPLATE.format(
        defs = str(_DEFS),
        ignore = starlark_literal(ignore),
        label = str(label),
        lock_repo = lock_repo,
        outline = starlark_literal(outline),
        root = root,
    )

dockerfiles_repo = repository_rule(
    implementation = _dockerfiles_repo_impl,
    doc = """Reads Dockerfiles and writes, for `//app:Dockerfile`, a file
`@dockerfiles//app:Dockerfile.bzl` with the macro `dockerfile_image`.

Dockerfiles and ignore files are watched: an edit is noticed by the next build.""",
    attrs = {
        "dockerfiles": attr.label_keyed_string_dict(
            doc = "Dockerfiles, and the directory of the workspace that is the root of the build context of each; `.` for the Dockerfile's package.",
            allow_files = True,
            mandatory = True,
        ),
        "hub": attr.string(
            doc = "The name of the repository, as it was declared.",
            mandatory = True,
        ),
    },
)

def dockerfiles_repos(name, dockerfiles, mirrors = {}):
    """Declares what the `dockerfiles` extension does, in a WORKSPACE.

    ```starlark
    load("@rules_dockerfile//rules:repositories.bzl", "dockerfiles_repo")

    dockerfiles_repo(
        name = "dockerfiles",
        dockerfiles = {"//app:Dockerfile": "."},
    )
    ```

    Args:
      name: string: name of the repository with the macros.
      dockerfiles: dict from Dockerfile to the directory of the workspace that is
        the root of its build context; `.` for the Dockerfile's package.
      mirrors: dict from the name of a mirror, as lock files have it, to its URL.
    """
    dockerfiles_repo(name = name, hub = name, dockerfiles = dockerfiles)
    for path in dockerfiles:
        network_lock_repo(
            name = lock_repo_name(name, Label("@" + path if path.startswith("//") else path)),
            dockerfile = path,
            mirrors = mirrors,
        )
