"""Registration of the toolchains, for WORKSPACE."""

load("//rules/toolchain/prebuilt:versions.bzl", "PREBUILT_SHA256", "PREBUILT_URLS")
load(":prebuilt_tools.bzl", "declare_prebuilt_tools", "prebuilt_error")

_HUB = "dockerfile_tools"

def rules_dockerfile_toolchains(prebuilt_urls = PREBUILT_URLS, prebuilt_sha256 = PREBUILT_SHA256):
    """Registers the toolchains: that of prebuilt tools, if there are any, and that of tools built from source.

    `--@rules_dockerfile//rules/toolchain:source` builds them from source in any
    case.

    Args:
      prebuilt_urls: list of the URLs of an archive with prebuilt tools, in the
        order in which they are tried; `{platform}` becomes the platform, such
        as `linux_amd64`. Default: those of this release, if it is one.
      prebuilt_sha256: dict from platform, such as `linux/amd64`, to the SHA-256
        of its archive.
    """
    error = prebuilt_error(prebuilt_urls, prebuilt_sha256)
    if error:
        fail("rules_dockerfile_toolchains: prebuilt_" + error)
    declare_prebuilt_tools(_HUB, prebuilt_urls, prebuilt_sha256)
    native.register_toolchains(
        "@%s//:all" % _HUB,
        str(Label("//rules/toolchain:from_source_toolchain")),
    )
