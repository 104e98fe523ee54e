"""The `dockerfiles` module extension."""

load(":dockerfiles_repo.bzl", "dockerfiles_hub")
load(":find_dockerfiles.bzl", "DOCKERFILE_NAMES", "find_dockerfiles")

_ADD = "add dockerfiles.file(path = \"PATH\") to MODULE.bazel, or dockerfiles.discover() for all Dockerfiles"

def _dockerfiles_impl(mctx):
    hubs = {}
    mirrors = {}
    for module in mctx.modules:
        for tag in module.tags.mirror:
            if module.is_root:
                mirrors[tag.name] = tag.url
        for tag in module.tags.discover:
            files = _hub_of(hubs, "discover", tag, module).files
            for label in _discovered(mctx, tag, module):
                files[label] = tag.context_root
        for tag in module.tags.file:
            _hub_of(hubs, "file", tag, module).files[tag.path] = tag.context_root
    for name, hub in hubs.items():
        dockerfiles_hub(
            name = name,
            add_with = _ADD if hub.module.is_root and not hub.module.tags.discover else "",
            dockerfiles = hub.files,
            mirrors = mirrors,
        )
    return mctx.extension_metadata(reproducible = True)

def _hub_of(hubs, kind, tag, module):
    """Returns the hub that a tag names."""
    hub = hubs.setdefault(tag.hub, struct(module = module, files = {}))
    if hub.module.name != module.name:
        fail("dockerfiles.%s(hub = \"%s\"): modules \"%s\" and \"%s\" both use it: let each name a hub of its own" % (
            kind,
            tag.hub,
            hub.module.name,
            module.name,
        ))
    return hub

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

_mirror = tag_class(
    doc = """A mirror, whose URL is a matter of the machine: lock files name it instead.

The mirrors `debian` and `debian-security` are those of this machine's apt. The
environment variable `RD_NAME_MIRROR` goes before the URL. Of the root module only.""",
    attrs = {
        "name": attr.string(
            doc = "What a lock calls it: lower-case letters, digits and hyphens.",
            mandatory = True,
        ),
        "url": attr.string(
            doc = "Where it is, `https://host/path`.",
            mandatory = True,
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
        "mirror": _mirror,
    },
)
