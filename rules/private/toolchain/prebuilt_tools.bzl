"""Repositories with the prebuilt tools of a release, and their toolchains."""

_TOOLCHAIN_TYPE = Label("//rules/toolchain:toolchain_type")

# The CPU of each platform, as a constraint of @platforms.
_CPUS = {
    "linux/amd64": "x86_64",
    "linux/arm64": "aarch64",
    "linux/ppc64le": "ppc64le",
    "linux/riscv64": "riscv64",
    "linux/s390x": "s390x",
}

def prebuilt_error(urls, sha256):
    """Checks where prebuilt tools come from.

    Args:
      urls: as `declare_prebuilt_tools` has it.
      sha256: as `declare_prebuilt_tools` has it.

    Returns:
      What is wrong; "" if nothing is.
    """
    if not urls and sha256:
        return "urls: expected at least one, got none"
    for url in urls:
        if not url.startswith(("http://", "https://", "file://")):
            return "urls: expected https://HOST/PATH or file:///PATH, got \"%s\"" % url
        if "{platform}" not in url:
            return "urls: expected {platform} in each, got \"%s\"" % url
    for platform, digest in sha256.items():
        if platform not in _CPUS:
            return "sha256: expected platforms of %s, got \"%s\"" % (", ".join(_CPUS.keys()), platform)
        if len(digest) != 64 or digest.strip("0123456789abcdef"):
            return "sha256: %s: expected 64 hexadecimal digits, got \"%s\"" % (platform, digest)
    return ""

def declare_prebuilt_tools(name, urls, sha256):
    """Declares a repository with a toolchain for each platform that has prebuilt tools.

    An archive is fetched when an action runs on its platform.

    Args:
      name: name of the repository with the toolchains; those of the tools begin
        with it.
      urls: list of the URLs of an archive, in the order in which they are tried;
        `{platform}` becomes the platform, such as `linux_amd64`.
      sha256: dict from platform, such as `linux/amd64`, to the SHA-256 of its
        archive.
    """
    repositories = {}
    for platform, digest in sha256.items():
        suffix = platform.replace("/", "_")
        repositories[platform] = "%s_%s" % (name, suffix)
        _prebuilt_tools_repo(
            name = repositories[platform],
            sha256 = digest,
            urls = [url.replace("{platform}", suffix) for url in urls],
        )
    _prebuilt_toolchains_repo(
        name = name,
        repositories = repositories,
    )

_TOOLCHAIN = """
toolchain(
    name = "{name}",
    exec_compatible_with = ["{os}", "{cpu}"],
    target_settings = ["{prebuilt}"],
    toolchain = "@{repository}//:tools",
    toolchain_type = "{toolchain_type}",
)
"""

def _prebuilt_toolchains_repo_impl(rctx):
    rctx.file("BUILD.bazel", "".join([
        _TOOLCHAIN.format(
            name = platform.replace("/", "_"),
            cpu = Label("@platforms//cpu:" + _CPUS[platform]),
            os = Label("@platforms//os:linux"),
            prebuilt = Label("//rules/toolchain:prebuilt"),
            repository = repository,
            toolchain_type = _TOOLCHAIN_TYPE,
        )
        for platform, repository in rctx.attr.repositories.items()
    ]), executable = False)

_prebuilt_toolchains_repo = repository_rule(
    implementation = _prebuilt_toolchains_repo_impl,
    doc = "The toolchains of prebuilt tools.",
    attrs = {
        "repositories": attr.string_dict(
            doc = "The name of the repository with the tools of each platform.",
        ),
    },
)

_TOOLS = """load("{rule}", "dockerfile_toolchain")

dockerfile_toolchain(
    name = "tools",
    visibility = ["//visibility:public"],
{tools})
"""

def _prebuilt_tools_repo_impl(rctx):
    rctx.download_and_extract(rctx.attr.urls, sha256 = rctx.attr.sha256)
    tools = sorted([tool.basename for tool in rctx.path(".").get_child("bin").readdir()])
    rctx.file("BUILD.bazel", _TOOLS.format(
        rule = Label("//rules/private/toolchain:dockerfile_toolchain.bzl"),
        tools = "".join(["    {0} = \"bin/{0}\",\n".format(tool) for tool in tools]),
    ), executable = False)

_prebuilt_tools_repo = repository_rule(
    implementation = _prebuilt_tools_repo_impl,
    doc = "The tools of one platform.",
    attrs = {
        "sha256": attr.string(doc = "The SHA-256 of the archive.", mandatory = True),
        "urls": attr.string_list(doc = "Where the archive is.", mandatory = True),
    },
)
