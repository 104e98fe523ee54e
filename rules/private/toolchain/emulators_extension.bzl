"""The `emulators` module extension."""

load(":emulator_repos.bzl", "emulator_repos")

_file = tag_class(
    doc = "An emulator, fetched when an image of its architecture runs something.",
    attrs = {
        "name": attr.string(
            default = "emulators",
            doc = "Name of the repository with the toolchains.",
        ),
        "runs": attr.string(
            doc = "The platform whose programs it runs, such as `linux/arm64`; its variant does not count.",
            mandatory = True,
        ),
        "runs_on": attr.string(
            doc = "The platform that it runs on itself, such as `linux/amd64`.",
            mandatory = True,
        ),
        "sha256": attr.string(
            doc = "Its SHA-256.",
            mandatory = True,
        ),
        "urls": attr.string_list(
            doc = "Where it is, tried in order: QEMU's user emulation, linked statically, not packed.",
            mandatory = True,
        ),
    },
)

def _emulators_impl(mctx):
    files = {}
    modules = {}
    for module in mctx.modules:
        for tag in module.tags.file:
            if modules.setdefault(tag.name, module.name) != module.name:
                fail("emulators.file: name \"%s\" is taken by the module %s" % (tag.name, modules[tag.name]))
            files.setdefault(tag.name, []).append({
                "runs": tag.runs,
                "runs_on": tag.runs_on,
                "sha256": tag.sha256,
                "urls": tag.urls,
            })
    for name, named in files.items():
        emulator_repos(name = name, files = named)
    return mctx.extension_metadata(reproducible = True)

emulators = module_extension(
    implementation = _emulators_impl,
    doc = """Emulators by their URLs, for RUN and containers of images of foreign architectures.

```starlark
emulators = use_extension("@rules_dockerfile//rules:emulators.bzl", "emulators")
emulators.file(
    runs = "linux/arm64",
    runs_on = "linux/amd64",
    sha256 = "…",
    urls = ["https://example.com/qemu-aarch64-static"],
)
use_repo(emulators, "emulators")
register_toolchains("@emulators//:all")
```
""",
    tag_classes = {"file": _file},
)
