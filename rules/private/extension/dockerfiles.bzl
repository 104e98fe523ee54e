"""The `dockerfiles` module extension."""

load("//rules/private/registry:locked_blob_repo.bzl", "declare_locked_blobs")
load("//rules/private/registry:locked_images.bzl", "locked_blobs", "read_locked_images")
load("//rules/private/registry:registry_url.bzl", "is_registry", "mirror_error")
load(":dockerfiles_repo.bzl", "dockerfiles_hub")
load(":find_dockerfiles.bzl", "DOCKERFILE_NAMES", "find_dockerfiles")

_ADD = "add dockerfiles.file(path = \"PATH\") to MODULE.bazel, or dockerfiles.discover() for all Dockerfiles"

def _dockerfiles_impl(mctx):
    hubs = {}
    mirrors = {}
    registry_mirrors = {}
    for module in mctx.modules:
        for tag in module.tags.mirror if module.is_root else []:
            urls = _mirror_urls(tag)
            if is_registry(tag.name):
                registry_mirrors[tag.name] = urls
            else:
                mirrors[tag.name] = urls[0]
        for tag in module.tags.discover:
            files = _hub_of(hubs, "discover", tag, module).files
            for label in _discovered(mctx, tag, module):
                files[label] = tag.context_root
        for tag in module.tags.file:
            _hub_of(hubs, "file", tag, module).files[tag.path] = tag.context_root
        for tag in module.tags.images:
            if not module.is_root:
                fail("dockerfiles.images: module \"%s\" is not the root module: let it lock its images with image.lock" % module.name)
            _hub_of(hubs, "images", tag, module).image_locks.append(tag.lock)
    for name, hub in hubs.items():
        locks = [_read_lock(mctx, label, label.name + ".lock") for label in hub.files]
        locks += [_read_lock(mctx, label, label.name) for label in hub.image_locks]
        declare_locked_blobs(name, locked_blobs(locks), registry_mirrors)
        dockerfiles_hub(
            name = name,
            add_with = _ADD if hub.module.is_root and not hub.module.tags.discover else "",
            dockerfiles = hub.files,
            image_locks = hub.image_locks,
            mirrors = mirrors,
            registry_mirrors = registry_mirrors,
        )
    return mctx.extension_metadata(reproducible = True)

def _hub_of(hubs, kind, tag, module):
    """Returns the hub that a tag names."""
    hub = hubs.setdefault(tag.hub, struct(module = module, files = {}, image_locks = []))
    if hub.module.name != module.name:
        fail("dockerfiles.%s(hub = \"%s\"): modules \"%s\" and \"%s\" both use it: let each name a hub of its own" % (
            kind,
            tag.hub,
            hub.module.name,
            module.name,
        ))
    return hub

def _mirror_urls(tag):
    urls = ([tag.url] if tag.url else []) + tag.urls
    for url in urls if is_registry(tag.name) else []:
        error = mirror_error(url)
        if error:
            fail("dockerfiles.mirror(name = \"%s\"): urls: %s" % (tag.name, error))
    if not urls or [url for url in urls if not url.startswith(("http://", "https://"))]:
        fail("dockerfiles.mirror(name = \"%s\"): urls: expected https://HOST[/PATH], got %s" % (tag.name, urls))
    if len(urls) > 1 and not is_registry(tag.name):
        fail("dockerfiles.mirror(name = \"%s\"): expected one URL of what is no registry, got %d" % (tag.name, len(urls)))
    return urls

def _read_lock(mctx, label, name):
    """Reads the images of the lock `name` in the package of a label.

    A malformed lock has none here: the repository of its Dockerfile says what is
    wrong with it, and no other Dockerfile is broken.
    """
    path = "/".join([part for part in [label.package, name] if part])
    if not label.repo_name:
        # Not by its label: an error in one Dockerfile, such as a missing BUILD
        # file, is to break no other.
        file = _workspace(mctx).get_child(path)
    else:
        directory = mctx.path(label).dirname
        for _ in range(label.name.count("/")):
            directory = directory.dirname
        file = directory.get_child(name)
    return read_locked_images(mctx, file, path)

def _workspace(mctx):
    """Returns the root of the workspace.

    A repository rule is told; an extension has the note that Bazel leaves in its
    output base, or the label of a file, for which the root needs a BUILD file.
    """
    note = mctx.path(".").dirname.dirname.get_child("DO_NOT_BUILD_HERE")
    if note.exists:
        return mctx.path(mctx.read(note, watch = "no").strip())
    return mctx.path(Label("@@//:MODULE.bazel")).dirname

def _discovered(mctx, tag, module):
    """Returns the labels of the Dockerfiles that a tag asks for."""
    if not module.is_root:
        fail("dockerfiles.discover: module \"%s\" is not the root module: let it name its Dockerfiles with dockerfiles.file" % module.name)
    found = find_dockerfiles(
        mctx,
        mctx.path(Label("@@//:MODULE.bazel")).dirname,
        directories = tag.directories,
        exclude = tag.exclude,
        names = tag.names,
    )
    if found.missing:
        fail("dockerfiles.discover: directories: there is no directory \"%s\", or it is left out" % found.missing[0])
    return [Label("@@//%s:%s" % (file.package, file.name)) for file in found.files]

_CONTEXT_ROOT = attr.string(
    doc = "Directory of the workspace that is the root of the build context; `.` for the package of the Dockerfile.",
    default = ".",
)

_HUB = attr.string(
    doc = "Name of the repository that holds the macros.",
    default = "dockerfiles",
)

_discover = tag_class(
    doc = """All Dockerfiles of the workspace, or of some of its directories.

A `Dockerfile` that is added to a directory, or with a new directory in the root,
is found by the next build; one in a new directory elsewhere when MODULE.bazel is
edited. Of the root module only, which needs a BUILD file at its root.
A `file` tag for one of the files goes before.""",
    attrs = {
        "context_root": _CONTEXT_ROOT,
        "directories": attr.string_list(
            doc = "Where to look, from the root of the workspace.",
            default = [""],
        ),
        "exclude": attr.string_list(
            doc = "Patterns of directories and files to leave out, from the root of the workspace: `third_party`, `**/node_modules`. What `.bazelignore` names is left out, and so are symbolic links and workspaces within the workspace.",
        ),
        "hub": _HUB,
        "names": attr.string_list(
            doc = "Patterns of the names of Dockerfiles.",
            default = DOCKERFILE_NAMES,
        ),
    },
)

_file = tag_class(
    doc = "A Dockerfile from which images are built.",
    attrs = {
        "context_root": _CONTEXT_ROOT,
        "hub": _HUB,
        "path": attr.label(
            doc = "The Dockerfile, such as `//app:Dockerfile`.",
            mandatory = True,
        ),
    },
)

_images = tag_class(
    doc = """A lock of images that several Dockerfiles share, beside a BUILD file.

For `//third_party:images.lock` there is then `@dockerfiles//third_party:images.lock.bzl`
with the macro `base_image`, which locks an image and gives it a target. A FROM
that neither `bases` nor the lock of its own Dockerfile gives is looked up there,
too.""",
    attrs = {
        "hub": _HUB,
        "lock": attr.label(
            doc = "The lock, such as `//third_party:images.lock`; it need not be there yet.",
            mandatory = True,
        ),
    },
)

_mirror = tag_class(
    doc = """A mirror of a registry, or of what RUNs fetch from.

Of a registry, such as `docker.io`: images come from the first of its `urls` that
has them, else from the registry. Images keep their names, and their digests hold
whoever sends them.

Else a mirror whose URL is a matter of the machine: lock files name it instead.
The mirrors `debian` and `debian-security` are those of this machine's apt. The
environment variable `RD_NAME_MIRROR` goes before the URL. Of the root module only.""",
    attrs = {
        "name": attr.string(
            doc = "The registry; or what a lock calls it: lower-case letters, digits and hyphens.",
            mandatory = True,
        ),
        "url": attr.string(
            doc = "Where it is, `https://host/path`.",
        ),
        "urls": attr.string_list(
            doc = "Where the mirrors of a registry are, in the order in which they are tried. `http://` is taken at its word.",
        ),
    },
)

dockerfiles = module_extension(
    implementation = _dockerfiles_impl,
    doc = """Reads Dockerfiles, so that each instruction can be an action.

```starlark
dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")
dockerfiles.discover()
use_repo(dockerfiles, "dockerfiles")
```

For `//app:Dockerfile` there is then `@dockerfiles//app:Dockerfile.bzl` with the
macro `dockerfile_image`. A Dockerfile is read, and what `app/Dockerfile.lock`
locks is fetched, when an image needs it.""",
    tag_classes = {
        "discover": _discover,
        "file": _file,
        "images": _images,
        "mirror": _mirror,
    },
)
