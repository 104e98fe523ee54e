"""The `dockerfiles` module extension."""

load("//rules/private/registry:locked_blob_repo.bzl", "declare_locked_blobs")
load("//rules/private/registry:locked_images.bzl", "locked_blobs", "read_locked_images")
load("//rules/private/registry:registry_url.bzl", "is_registry", "mirror_error")
load(":dockerfiles_repo.bzl", "dockerfiles_hub")
load(":find_dockerfiles.bzl", "DOCKERFILE_NAMES", "find_dockerfiles")

_ADD = "add dockerfiles.file(path = \"PATH\"), or dockerfiles.discover() for all Dockerfiles, to MODULE.bazel"

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
                fail("dockerfiles.images: expected the root module, got module \"%s\"\nhint: lock the images of that module with image.lock" % module.name)
            _hub_of(hubs, "images", tag, module).image_locks.append(tag.lock)
    workspace = _workspace(mctx) if hubs else None
    for name, hub in hubs.items():
        locks = {label: _read_lock(mctx, workspace, label, label.name + ".lock") for label in hub.files}
        shared = [_read_lock(mctx, workspace, label, label.name) for label in hub.image_locks]
        declare_locked_blobs(name, locked_blobs(locks.values() + shared), registry_mirrors)
        dockerfiles_hub(
            name = name,
            add_with = _ADD if hub.module.is_root and not hub.module.tags.discover else "",
            dockerfiles = hub.files,
            has_images = [label for label, lock in locks.items() if lock.images or lock.error],
            image_locks = hub.image_locks,
            mirrors = mirrors,
            registry_mirrors = registry_mirrors,
        )
    return mctx.extension_metadata(reproducible = True)

def _hub_of(hubs, kind, tag, module):
    """Returns the hub that a tag names."""
    hub = hubs.setdefault(tag.hub, struct(module = module, files = {}, image_locks = []))
    if hub.module.name != module.name:
        fail("dockerfiles.%s(hub = \"%s\"): modules \"%s\" and \"%s\" use the same hub\nhint: set a different hub in each" % (
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
        fail("dockerfiles.mirror(name = \"%s\"): urls: expected one URL, got %d\nhint: only a registry can have several mirrors" % (tag.name, len(urls)))
    return urls

def _read_lock(mctx, workspace, label, name):
    """Reads the images of the lock `name` in the package of a label.

    A malformed lock has no images here: the repository of its Dockerfile reports the
    error, so that other Dockerfiles can be built.
    """
    path = "/".join([part for part in [label.package, name] if part])
    if not label.repo_name:
        # Not by its label: an error of one Dockerfile, such as a missing BUILD file,
        # must not break others.
        file = workspace.get_child(path)
    else:
        directory = mctx.path(label).dirname
        for _ in range(label.name.count("/")):
            directory = directory.dirname
        file = directory.get_child(name)
    return read_locked_images(mctx, file, path)

def _workspace(mctx):
    """Returns the root of the workspace.

    A repository rule knows it. An extension finds it in the file DO_NOT_BUILD_HERE
    of the output base, or by the label of a file, which requires a BUILD file in the
    root.
    """
    note = mctx.path(".").dirname.dirname.get_child("DO_NOT_BUILD_HERE")
    if note.exists:
        return mctx.path(mctx.read(note, watch = "no").strip())
    return mctx.path(Label("@@//:MODULE.bazel")).dirname

def _discovered(mctx, tag, module):
    """Returns the labels of the Dockerfiles that a tag selects."""
    if not module.is_root:
        fail("dockerfiles.discover: expected the root module, got module \"%s\"\nhint: add the Dockerfiles of that module with dockerfiles.file" % module.name)
    found = find_dockerfiles(
        mctx,
        mctx.path(Label("@@//:MODULE.bazel")).dirname,
        directories = tag.directories,
        exclude = tag.exclude,
        names = tag.names,
    )
    if found.missing:
        fail("dockerfiles.discover: directories: no such directory, or it is excluded: \"%s\"" % found.missing[0])
    return [Label("@@//%s:%s" % (file.package, file.name)) for file in found.files]

_CONTEXT_ROOT = attr.string(
    doc = "Directory of the workspace that is the root of the build context: `.` for the package of the Dockerfile, the empty string for the root of the workspace.",
    default = ".",
)

_HUB = attr.string(
    doc = "Name of the repository that provides the macros. A module that others use must set another name.",
    default = "dockerfiles",
)

_discover = tag_class(
    doc = """Adds all Dockerfiles of the workspace, or of some of its directories.

The next build finds a `Dockerfile` that is added to an existing directory or in a
new directory of the root. A Dockerfile in a new directory elsewhere is found when
MODULE.bazel is edited. Only the root module can use this tag, and it requires a
BUILD file in the root. A `file` tag for one of the files takes precedence.""",
    attrs = {
        "context_root": _CONTEXT_ROOT,
        "directories": attr.string_list(
            doc = "Directories to search, relative to the root of the workspace; by default all of it.",
            default = [""],
        ),
        "exclude": attr.string_list(
            doc = "Patterns of directories and files to exclude, relative to the root of the workspace: `third_party`, `**/node_modules`. Paths in `.bazelignore`, symbolic links and nested workspaces are always excluded.",
        ),
        "hub": _HUB,
        "names": attr.string_list(
            doc = "Patterns of the file names of Dockerfiles.",
            default = DOCKERFILE_NAMES,
        ),
    },
)

_file = tag_class(
    doc = """Adds a Dockerfile.

```starlark
dockerfiles.file(path = "//app:Dockerfile")
```""",
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
    doc = """Adds a lock of images that several Dockerfiles share. Its package must have a BUILD file.

```starlark
dockerfiles.images(lock = "//third_party:images.lock")
```

`@dockerfiles//third_party:images.lock.bzl` then provides the macro `base_image` for
`//third_party:images.lock`, which locks an image and declares a target for it. FROM
uses an image of this lock, too, if neither `bases` nor the lock of its Dockerfile has
the image.""",
    attrs = {
        "hub": _HUB,
        "lock": attr.label(
            doc = "The lock, such as `//third_party:images.lock`. It need not exist yet.",
            mandatory = True,
        ),
    },
)

_mirror = tag_class(
    doc = """Adds a mirror of a registry, or of a server from which RUN fetches.

```starlark
dockerfiles.mirror(name = "docker.io", urls = ["https://mirror.example", "https://other.example"])
dockerfiles.mirror(name = "internal-apt", url = "https://apt.example/debian")
```

If `name` is a registry, such as `docker.io`, images are fetched from the first of
its `urls` that has them, else from the registry. Images keep their names, and their
digests are verified wherever they come from.

Any other `name` is a mirror whose URL differs between hosts: lock files contain its
name instead of the URL. By default, the mirrors `debian` and `debian-security` are
those of the host's apt. The environment variable `RD_NAME_MIRROR`, where NAME is the
name in upper case with `_` for other characters, takes precedence over the URL. Only the tags of the root module are used.""",
    attrs = {
        "name": attr.string(
            doc = "The registry, or the name of the mirror in locks: lower-case letters, digits and hyphens.",
            mandatory = True,
        ),
        "url": attr.string(
            doc = "URL of the mirror, `https://host/path`: the same as `urls` with one URL. One of the two is required.",
        ),
        "urls": attr.string_list(
            doc = "URLs of the mirrors of a registry, in the order in which they are tried. With `http://` there is no TLS.",
        ),
    },
)

dockerfiles = module_extension(
    implementation = _dockerfiles_impl,
    doc = """Reads Dockerfiles, so that each instruction becomes an action.

```starlark
dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")
dockerfiles.discover()
use_repo(dockerfiles, "dockerfiles")
```

`@dockerfiles//app:Dockerfile.bzl` then provides the macro `dockerfile_image` for
`//app:Dockerfile`. A Dockerfile is read, and the files that `app/Dockerfile.lock`
names are fetched, when an image needs them.""",
    tag_classes = {
        "discover": _discover,
        "file": _file,
        "images": _images,
        "mirror": _mirror,
    },
)
