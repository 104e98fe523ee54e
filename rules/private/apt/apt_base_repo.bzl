"""The `apt_base_repo` repository rule: the packages of a Debian base image, and the image."""

load(":debian_packages.bzl", "download_packages")
load(":lock.bzl", "PLATFORMS", "parse_apt_lock")
load(":sources.bzl", "debian_sources")

_BUILD = """\
load("{image_bzl}", "apt_base_image")

package(default_visibility = ["//visibility:public"])

apt_base_image(
    name = {name},
    config = "config.json",
    date = {date},
    debs = glob(["pool/**/*.deb"]),
    platform = {platform},
    sources = "debian.sources",
)
"""

_CONFIG = {
    "Cmd": ["bash"],
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
}

def _mirror_is_frozen(rctx):
    """Returns whether the host's apt accepts expired Release files."""
    apt_config = rctx.which("apt-config")
    if not apt_config:
        return False
    result = rctx.execute([apt_config, "dump", "--format", "%v", "Acquire::Check-Valid-Until"])
    return result.return_code == 0 and result.stdout.strip() in ["false", "no", "0"]

def _apt_base_repo_impl(rctx):
    lock = parse_apt_lock(rctx.read(rctx.attr.lock))
    if lock.error:
        fail("%s: %s" % (rctx.attr.lock, lock.error))
    mirrors = download_packages(rctx, lock)
    rctx.file("debian.sources", debian_sources(lock.suite, mirrors, _mirror_is_frozen(rctx)), executable = False)
    rctx.file("config.json", json.encode_indent({"config": _CONFIG}, indent = "  ") + "\n", executable = False)
    rctx.file("BUILD.bazel", _BUILD.format(
        date = lock.date,
        image_bzl = Label(":apt_base_image.bzl"),
        name = repr(rctx.attr.image or rctx.name),
        platform = repr(PLATFORMS[lock.architecture]),
    ), executable = False)

apt_base_repo = repository_rule(
    implementation = _apt_base_repo_impl,
    doc = """Builds a Debian base image from locked packages, without a daemon and without root.

The packages are downloaded, verified, and kept in Bazel's repository cache. The image
`@NAME//:NAME` has one layer, the result of installing the packages. Their maintainer
scripts run in the same sandbox as RUN, without network. The packages are those of
`debootstrap --variant=minbase`, the settings of apt and dpkg those of Docker's Debian
image.

```starlark
# WORKSPACE
load("@rules_dockerfile//rules:apt.bzl", "apt_base_repo")

apt_base_repo(
    name = "debian",
    lock = "//third_party/debian:packages.lock.json",
)
```

Mirrors come from the environment variables `RD_DEBIAN_MIRROR` and
`RD_DEBIAN_SECURITY_MIRROR`, the attribute `mirrors`, or the host's apt, in this order.
They become the apt sources in the image.
""",
    attrs = {
        "image": attr.string(
            doc = "Name of the image's target; by default the name of the repository.",
        ),
        "lock": attr.label(
            allow_single_file = [".json"],
            doc = "The lock file, written by an `apt_lock` target.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Names of archives (`debian`, `debian-security`), each with the URL of its mirror.",
        ),
    },
)
