"""The `dockerfiles` module extension."""

load(":dockerfiles_repo.bzl", "dockerfiles_repo")

def _dockerfiles_impl(mctx):
    hubs = {}
    owners = {}
    for module in mctx.modules:
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
        dockerfiles_repo(name = hub, dockerfiles = files)
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

dockerfiles = module_extension(
    implementation = _dockerfiles_impl,
    doc = """Reads Dockerfiles, so that each instruction can be an action.

```starlark
dockerfiles = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfiles")
dockerfiles.file(path = "//app:Dockerfile")
use_repo(dockerfiles, "dockerfiles")
```

For `//app:Dockerfile` there is then `@dockerfiles//app:Dockerfile.bzl` with the
macro `dockerfile_image`.""",
    tag_classes = {"file": _file},
)
