"""The `dockerfiles` module extension."""

load("//rules/private/network:network_lock_repo.bzl", "lock_repo_name", "network_lock_repo")
load(":dockerfiles_repo.bzl", "dockerfiles_repo")

def _dockerfiles_impl(mctx):
    hubs = {}
    owners = {}
    mirrors = {}
    for module in mctx.modules:
        for tag in module.tags.mirror:
            if module.is_root:
                mirrors[tag.name] = tag.url
        for tag in module.tags.file:
            owner = owners.setdefault(tag.hub, module.name)
            if owner != module.name:
                fail("dockerfiles.file(hub = \"%s\"): modules \"%s\" and \"%s\" both use it: let each name a hub of its own" % (
                    tag.hub,
                    owner,
                    module.name,
                ))
            hubs.setdefault(tag.hub, {})[tag.path] = tag.context_root
    for hub, files in hubs.items():
        dockerfiles_repo(name = hub, hub = hub, dockerfiles = files)
        for path in files:
            network_lock_repo(name = lock_repo_name(hub, path), dockerfile = path, mirrors = mirrors)
    return mctx.extension_metadata(reproducible = True)

_file = tag_class(
    doc = "A Dockerfile from which images are built.",
    attrs = {
        "context_root": attr.string(
            doc = "Directory of the workspace that is the root of the build context; `.` for the package of the Dockerfile.",
            default = ".",
        ),
        "hub": attr.string(
            doc = "Name of the repository that holds the macro.",
            default = "dockerfiles",
        ),
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
dockerfiles.file(path = "//app:Dockerfile")
use_repo(dockerfiles, "dockerfiles")
```

For `//app:Dockerfile` there is then `@dockerfiles//app:Dockerfile.bzl` with the
macro `dockerfile_image`. What `app/Dockerfile.lock` locks is fetched when an
image needs it.""",
    tag_classes = {
        "file": _file,
        "mirror": _mirror,
    },
)
