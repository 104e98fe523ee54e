"""The `dockerfile_tools` module extension: where the tools come from."""

load("//rules/toolchain/prebuilt:versions.bzl", "PREBUILT_SHA256", "PREBUILT_URLS")
load(":prebuilt_tools.bzl", "declare_prebuilt_tools", "prebuilt_error")

_HUB = "dockerfile_tools"

def _dockerfile_tools_impl(mctx):
    urls = PREBUILT_URLS
    sha256 = PREBUILT_SHA256
    for module in mctx.modules:
        tags = module.tags.prebuilt if module.is_root else []
        if len(tags) > 1:
            fail("dockerfile_tools.prebuilt: expected one, got %d" % len(tags))
        for tag in tags:
            error = prebuilt_error(tag.urls, tag.sha256)
            if error:
                fail("dockerfile_tools.prebuilt: " + error)
            urls = tag.urls
            sha256 = tag.sha256
    declare_prebuilt_tools(_HUB, urls, sha256)
    return mctx.extension_metadata(reproducible = True)

_prebuilt = tag_class(
    doc = """Prebuilt tools from somewhere else than the release, such as a mirror.

```starlark
dockerfile_tools = use_extension("@rules_dockerfile//rules:extensions.bzl", "dockerfile_tools")
dockerfile_tools.prebuilt(
    urls = ["https://mirror.example/rules_dockerfile_tools-0.1.0-{platform}.tar.xz"],
    sha256 = {"linux/amd64": "…"},
)
```

Bazel ignores the tag in other modules than the root.""",
    attrs = {
        "sha256": attr.string_dict(
            doc = "The SHA-256 of the archive of each platform, such as `linux/amd64`. On others the tools are built from source.",
        ),
        "urls": attr.string_list(
            doc = "The URLs of the archive, in the order in which they are tried. Each contains `{platform}`, which becomes the platform, such as `linux_amd64`.",
        ),
    },
)

dockerfile_tools = module_extension(
    implementation = _dockerfile_tools_impl,
    doc = """Prebuilt tools for the actions.

A release has prebuilt tools for linux/amd64 and linux/arm64, and uses them by
itself. `--@rules_dockerfile//rules/toolchain:source` builds the tools from source
instead, as does a checkout of the repository.""",
    tag_classes = {"prebuilt": _prebuilt},
)
