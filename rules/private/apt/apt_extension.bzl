"""The `apt` module extension: Debian base images, and emulators from Debian packages."""

load(":apt_base_repo.bzl", "apt_base_repo")
load(":apt_emulators.bzl", "DEFAULT_EMULATOR_LOCKS", "apt_emulators_package", "apt_emulators_toolchains", "emulator_lock_error")
load(":lock.bzl", "parse_apt_lock")

_base = tag_class(
    doc = "Declares a Debian base image, the target `@NAME//:NAME`.",
    attrs = {
        "lock": attr.label(
            doc = "The lock file, written by an `apt_lock` target.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Names of archives (`debian`, `debian-security`), each with the URL of its mirror; by default the mirrors of the host's apt.",
        ),
        "name": attr.string(
            doc = "Name of the repository and of the image.",
            mandatory = True,
        ),
    },
)

_emulators = tag_class(
    doc = "Declares the toolchains `@NAME//:all` with QEMU from Debian packages, for images of foreign architectures.",
    attrs = {
        "locks": attr.label_list(
            default = DEFAULT_EMULATOR_LOCKS.values(),
            doc = "Lock files of the package, one for each architecture of the hosts that build; by default for amd64 and arm64.",
        ),
        "mirrors": attr.string_dict(
            doc = "Names of archives (`debian`, `debian-security`), each with the URL of its mirror; by default the mirrors of the host's apt.",
        ),
        "name": attr.string(
            default = "emulators",
            doc = "Name of the repository.",
        ),
    },
)

def _declare_emulators(mctx, tag):
    toolchains = {}
    for label in tag.locks:
        lock = parse_apt_lock(mctx.read(label))
        error = emulator_lock_error(lock)
        if not error and lock.architecture in toolchains:
            error = "expected one lock file for %s, got two" % lock.architecture
        if error:
            fail("%s: %s" % (label, error))
        repository = "%s_%s" % (tag.name, lock.architecture)
        toolchains[lock.architecture] = "@%s//:emulators" % repository
        apt_emulators_package(name = repository, lock = label, mirrors = tag.mirrors)
    apt_emulators_toolchains(name = tag.name, toolchains = toolchains)

def _apt_impl(mctx):
    names = {}
    for module in mctx.modules:
        for base in module.tags.base:
            if base.name in names:
                fail("apt.base: name \"%s\" is already used by module %s" % (base.name, names[base.name]))
            names[base.name] = module.name
            apt_base_repo(
                name = base.name,
                image = base.name,
                lock = base.lock,
                mirrors = base.mirrors,
            )
        for emulators in module.tags.emulators:
            if emulators.name in names:
                fail("apt.emulators: name \"%s\" is already used by module %s" % (emulators.name, names[emulators.name]))
            names[emulators.name] = module.name
            _declare_emulators(mctx, emulators)
    return mctx.extension_metadata(reproducible = True)

apt = module_extension(
    implementation = _apt_impl,
    doc = """Builds Debian base images from locked packages, without a daemon and without root.

```starlark
apt = use_extension("@rules_dockerfile//rules:apt.bzl", "apt")
apt.base(
    name = "debian",
    lock = "//third_party/debian:packages.lock.json",
)
use_repo(apt, "debian")
```

`dockerfile_image(bases = {"debian:latest": "@debian//:debian"})` then uses it for
`FROM debian:latest`.

Provides emulators for RUN and containers of images for foreign architectures, too:

```starlark
apt.emulators()
use_repo(apt, "emulators")
register_toolchains("@emulators//:all")
```
""",
    tag_classes = {"base": _base, "emulators": _emulators},
)
