"""The module extension for Debian base images."""

load(":apt_base_repo.bzl", "apt_base_repo")

_base = tag_class(
    doc = "A Debian base image, the target `@NAME//:NAME`.",
    attrs = {
        "lock": attr.label(
            doc = "The lock file, which an `apt_lock` target writes.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Archive (`debian`, `debian-security`) to the URL of its mirror; default: those of this machine's apt.",
        ),
        "name": attr.string(
            doc = "Name of the repository and of the image in it.",
            mandatory = True,
        ),
    },
)

def _apt_impl(mctx):
    names = {}
    for module in mctx.modules:
        for base in module.tags.base:
            if base.name in names:
                fail("apt.base: name \"%s\" is taken by the module %s" % (base.name, names[base.name]))
            names[base.name] = module.name
            apt_base_repo(
                name = base.name,
                image = base.name,
                lock = base.lock,
                mirrors = base.mirrors,
            )
    return mctx.extension_metadata(reproducible = True)

apt = module_extension(
    implementation = _apt_impl,
    doc = """Debian base images from locked packages, without a daemon and without root.

```starlark
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(
    name = "debian",
    lock = "//third_party/debian:packages.lock.json",
)
use_repo(apt, "debian")
```

Then `bases = {"debian:latest": "@debian//:debian"}` is what `FROM debian:latest` means.
""",
    tag_classes = {"base": _base},
)
