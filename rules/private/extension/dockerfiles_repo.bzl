"""The hub of the Dockerfiles: a place for the macro of each."""

load("//rules/private/network:network_lock_repo.bzl", "network_lock_repo")
load(":dockerfile_repo.bzl", "dockerfile_repo", "lock_repo_name", "repo_name")
load(":find_dockerfiles.bzl", "find_dockerfiles")
load(":starlark_literal.bzl", "starlark_literal")

# Dockerfiles that nobody added are looked for in so many directories, and where
# so few are added one by one.
_MAX_DIRECTORIES = 1000
_MAX_ADDED = 100

def _dockerfiles_hub_impl(rctx):
    files = {path: _NAMED.format(repo = repo) for path, repo in rctx.attr.repos.items()}
    if rctx.attr.add_with and len(files) <= _MAX_ADDED:
        found = find_dockerfiles(rctx, rctx.workspace_root, limit = _MAX_DIRECTORIES)
        for file in found.files:
            path = "%s:%s" % (file.package, file.name)
            if path not in files:
                files[path] = _UNNAMED.format(
                    error = starlark_literal("//%s is not known to @%s: %s" % (
                        path,
                        rctx.attr.hub,
                        rctx.attr.add_with.replace("PATH", "//" + path),
                    )),
                )
    packages = {"": True}
    for path, text in files.items():
        package, _, name = path.partition(":")
        packages[package] = True
        rctx.file(_join(package, name + ".bzl"), text, executable = False, legacy_utf8 = False)
    for package in packages:
        rctx.file(_join(package, "BUILD.bazel"), "", executable = False)

def _join(directory, name):
    return directory + "/" + name if directory else name

_NAMED = """\
load("@{repo}//:Dockerfile.bzl", _IGNORE = "IGNORE", _OUTLINE = "OUTLINE", _dockerfile_image = "dockerfile_image")

IGNORE = _IGNORE
OUTLINE = _OUTLINE
dockerfile_image = _dockerfile_image
"""

_UNNAMED = """\
def dockerfile_image(name, **_kwargs):
    fail({error})
"""

_dockerfiles_hub = repository_rule(
    implementation = _dockerfiles_hub_impl,
    doc = """Has, for `//app:Dockerfile`, a file `//app:Dockerfile.bzl` that loads the
macro `dockerfile_image` from the repository of that Dockerfile, which is fetched
only then.""",
    attrs = {
        "add_with": attr.string(
            doc = "How to add a Dockerfile, PATH being its label: what the macro of one says that was not added. Without it there is no such macro.",
        ),
        "hub": attr.string(
            doc = "The name of the repository, as it was declared.",
            mandatory = True,
        ),
        "repos": attr.string_dict(
            doc = "`package:name` of each Dockerfile, and the repository with its macro.",
            mandatory = True,
        ),
    },
)

def dockerfiles_hub(name, dockerfiles, *, mirrors = {}, add_with = ""):
    """Declares the repositories of some Dockerfiles and their hub.

    Args:
      name: name of the hub.
      dockerfiles: dict from the Label of each Dockerfile to the root of its
        context, `.` for its package.
      mirrors: dict from the name of a mirror, as lock files have it, to its URL.
      add_with: how a Dockerfile is added that is not among them, with PATH for
        its label; "" if there is no need to say it.
    """
    repos = {}
    for label, root in dockerfiles.items():
        repo = repo_name(name, label)
        lock_repo = lock_repo_name(name, label)
        repos["%s:%s" % (label.package, label.name)] = repo
        dockerfile_repo(name = repo, dockerfile = label, context_root = root, lock_repo = lock_repo)
        network_lock_repo(name = lock_repo, dockerfile = label, mirrors = mirrors)
    _dockerfiles_hub(name = name, hub = name, repos = repos, add_with = add_with)

def dockerfiles_repo(name, dockerfiles, mirrors = {}):
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
    dockerfiles_hub(
        name = name,
        add_with = "add it to dockerfiles_repo in the WORKSPACE: dockerfiles = {\"PATH\": \".\"}",
        dockerfiles = {
            Label("@" + path if path.startswith("//") else path): root
            for path, root in dockerfiles.items()
        },
        mirrors = mirrors,
    )
