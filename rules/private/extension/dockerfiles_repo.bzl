"""The hub of the Dockerfiles: the repository that provides the macro of each."""

load("//rules/private/network:network_lock_repo.bzl", "network_lock_repo")
load("//rules/private/registry:locked_images.bzl", "locked_blobs", "read_locked_images", "write_locked_images")
load("//rules/private/registry:registry_url.bzl", "mirrors_of_host", "registry_of")
load(":dockerfile_repo.bzl", "dockerfile_repo", "lock_repo_name", "repo_name")
load(":find_dockerfiles.bzl", "find_dockerfiles")
load(":starlark_literal.bzl", "starlark_literal")

# Limits of the search for Dockerfiles that were not added: the number of directories
# that are searched, and of Dockerfiles that were added.
_MAX_DIRECTORIES = 1000
_MAX_ADDED = 100

def _dockerfiles_hub_impl(rctx):
    named = _NAMED_WITH_SHARED if rctx.attr.image_locks else _NAMED
    files = {path: named.format(repo = repo) for path, repo in rctx.attr.repos.items()}
    if rctx.attr.add_with and len(files) <= _MAX_ADDED:
        found = find_dockerfiles(rctx, rctx.workspace_root, limit = _MAX_DIRECTORIES)
        for file in found.files:
            path = "%s:%s" % (file.package, file.name)
            if path not in files:
                files[path] = _UNNAMED.format(
                    error = starlark_literal("//%s is not in @%s\nhint: %s" % (
                        path,
                        rctx.attr.hub,
                        rctx.attr.add_with.replace("PATH", "//" + path),
                    )),
                )
    builds = _shared_locks(rctx, files) if rctx.attr.image_locks else {}
    if rctx.attr.declares_blobs:
        files[":locked_blobs"] = _locked_blobs(rctx)
    packages = {"": True} | {package: True for package in builds}
    for path, text in files.items():
        package, _, name = path.partition(":")
        packages[package] = True
        rctx.file(_join(package, name + ".bzl"), text, executable = False, legacy_utf8 = False)
    for package in packages:
        rctx.file(_join(package, "BUILD.bazel"), builds.get(package, ""), executable = False, legacy_utf8 = False)

def _shared_locks(rctx, files):
    """Adds the macros of the shared locks to `files`.

    Returns:
      dict from package to the text of its BUILD file, with the images.
    """
    builds = {}
    images = []
    for path in rctx.attr.image_locks:
        package, _, name = path.partition(":")
        file = rctx.workspace_root.get_child(_join(package, name))
        lock = read_locked_images(rctx, file, _join(package, name))
        if lock.error:
            fail(lock.error)
        locked = write_locked_images(rctx.attr.hub, lock)
        builds[package] = "\n".join([text for text in [builds.get(package, ""), locked.build] if text])
        images += [image | {"lock": _join(package, name), "package": package} for image in locked.images]
        files[path] = _SHARED.format(base_image_bzl = Label("//rules/private/registry:shared_image.bzl"), lock = starlark_literal(_join(package, name)))
    files[":shared_images"] = _SHARED_IMAGES.format(
        images = starlark_literal(images),
        mirrors = starlark_literal(mirrors_of_host(
            rctx,
            rctx.attr.registry_mirrors,
            ["docker.io"] + [registry_of(image["reference"]) for image in images],
        )),
    )
    return builds

def _locked_blobs(rctx):
    """Returns a macro for a WORKSPACE that declares the blobs of all locks, as the extension does."""
    locks = []
    for path in [path + ".lock" for path in rctx.attr.repos] + rctx.attr.image_locks:
        name = _join(*path.split(":"))
        locks.append(read_locked_images(rctx, rctx.workspace_root.get_child(name), name))
    return _LOCKED_BLOBS.format(
        blobs = starlark_literal(locked_blobs(locks)),
        hub = starlark_literal(rctx.attr.hub),
        locked_blob_repo_bzl = Label("//rules/private/registry:locked_blob_repo.bzl"),
        mirrors = starlark_literal(rctx.attr.registry_mirrors),
    )

def _join(directory, name):
    return directory + "/" + name if directory else name

_NAMED = """\
load("@{repo}//:Dockerfile.bzl", _IGNORE = "IGNORE", _OUTLINE = "OUTLINE", _dockerfile_image = "dockerfile_image")

IGNORE = _IGNORE
OUTLINE = _OUTLINE
dockerfile_image = _dockerfile_image
"""

_NAMED_WITH_SHARED = """\
load("@{repo}//:Dockerfile.bzl", _IGNORE = "IGNORE", _OUTLINE = "OUTLINE", _dockerfile_image = "dockerfile_image")
load("//:shared_images.bzl", "IMAGES")

IGNORE = _IGNORE
OUTLINE = _OUTLINE

def dockerfile_image(name, **kwargs):
    _dockerfile_image(name = name, shared_images = IMAGES, **kwargs)
"""

_SHARED = """\
load("{base_image_bzl}", "shared_image")
load("//:shared_images.bzl", "IMAGES", "MIRRORS")

def base_image(name, *, reference, **kwargs):
    shared_image(name = name, reference = reference, images = IMAGES, lock = {lock}, mirrors = MIRRORS, **kwargs)
"""

_SHARED_IMAGES = """\
IMAGES = [
    {{
        "label": str(Label("//" + image["package"] + ":" + image["target"])),
        "lock": image["lock"],
        "onbuild": image["onbuild"],
        "platform": image["platform"],
        "policy": image["policy"],
        "reference": image["reference"],
        "lock_command": "bazel run //" + image["package"] + ":NAME.lock",
    }}
    for image in {images}
]

MIRRORS = {mirrors}
"""

_LOCKED_BLOBS = """\
load("{locked_blob_repo_bzl}", "declare_locked_blobs")

def locked_blobs():
    declare_locked_blobs({hub}, {blobs}, {mirrors})
"""

_UNNAMED = """\
def dockerfile_image(name, **_kwargs):
    fail({error})
"""

_dockerfiles_hub = repository_rule(
    implementation = _dockerfiles_hub_impl,
    doc = """Contains a file `//app:Dockerfile.bzl` for `//app:Dockerfile`, which loads the
macro `dockerfile_image` from the repository of that Dockerfile. That repository is
fetched only when the file is loaded.""",
    attrs = {
        "add_with": attr.string(
            doc = "How to add a Dockerfile, with PATH for its label: the hint of the macro of a Dockerfile that was not added. If empty, there is no such macro.",
        ),
        "declares_blobs": attr.bool(
            doc = "Whether `//:locked_blobs.bzl` declares the repositories of the blobs that locks name.",
        ),
        "hub": attr.string(
            doc = "Name of the repository, as it was declared.",
            mandatory = True,
        ),
        "image_locks": attr.string_list(
            doc = "`package:name` of each lock of shared images.",
        ),
        "registry_mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "repos": attr.string_dict(
            doc = "`package:name` of each Dockerfile, with the repository of its macro.",
            mandatory = True,
        ),
    },
)

def dockerfiles_hub(name, dockerfiles, *, has_images = None, image_locks = [], mirrors = {}, registry_mirrors = {}, add_with = "", declares_blobs = False):
    """Declares the repositories of some Dockerfiles and their hub.

    Args:
      name: name of the hub.
      dockerfiles: dict from the Label of each Dockerfile to the root of its
        context, `.` for the package of the Dockerfile.
      has_images: list of the Label of each Dockerfile whose lock has images or is
        malformed, if the caller watches all locks; None if it does not.
      image_locks: list of Label: locks of images that all of them share.
      mirrors: dict from the name of a mirror in locks to its URL.
      registry_mirrors: dict from registry to the URLs of its mirrors.
      add_with: how to add a Dockerfile that is not listed, with PATH for its label;
        "" for no hint.
      declares_blobs: whether the hub has the macro `locked_blobs`, for a WORKSPACE.
    """
    repos = {}
    for label, root in dockerfiles.items():
        repo = repo_name(name, label)
        lock_repo = lock_repo_name(name, label)
        repos["%s:%s" % (label.package, label.name)] = repo
        dockerfile_repo(
            name = repo,
            context_root = root,
            dockerfile = label,
            hub = name,
            lock_repo = lock_repo,
            mirrors = registry_mirrors,
            reads_lock = has_images == None or label in has_images,
        )
        network_lock_repo(name = lock_repo, dockerfile = label, mirrors = mirrors)
    _dockerfiles_hub(
        name = name,
        add_with = add_with,
        declares_blobs = declares_blobs,
        hub = name,
        image_locks = ["%s:%s" % (label.package, label.name) for label in image_locks],
        registry_mirrors = registry_mirrors,
        repos = repos,
    )

def dockerfiles_repo(name, dockerfiles, image_locks = [], mirrors = {}, registry_mirrors = {}):
    """Declares the repositories of Dockerfiles in a WORKSPACE, as the `dockerfiles` extension does.

    ```starlark
    load("@rules_dockerfile//rules:repositories.bzl", "dockerfiles_repo")

    dockerfiles_repo(
        name = "dockerfiles",
        dockerfiles = {"//app:Dockerfile": "."},
    )

    load("@dockerfiles//:locked_blobs.bzl", "locked_blobs")

    locked_blobs()
    ```

    Args:
      name: name of the repository that provides the macros.
      dockerfiles: dict from Dockerfile to the directory of the workspace that is
        the root of its build context; `.` for the package of the Dockerfile.
      image_locks: list of locks of images that several Dockerfiles share.
      mirrors: dict from the name of a mirror in locks to its URL.
      registry_mirrors: dict from registry to a list of the URLs of its mirrors.
    """
    dockerfiles_hub(
        name = name,
        add_with = "add it to dockerfiles_repo in the WORKSPACE: dockerfiles = {\"PATH\": \".\"}",
        declares_blobs = True,
        dockerfiles = {
            _workspace_label(path): root
            for path, root in dockerfiles.items()
        },
        image_locks = [_workspace_label(path) for path in image_locks],
        mirrors = mirrors,
        registry_mirrors = registry_mirrors,
    )

def _workspace_label(path):
    return Label("@" + path if path.startswith("//") else path)
