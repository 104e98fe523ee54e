"""DockerfileToolsInfo: the tools that the actions run.

The lists of tools from which the toolchain and docs/tools come.
"""

# The tools of a toolchain: those that actions and targets of images run.
TOOLS = [
    "base_import",
    "base_verify",
    "deb_extract",
    "deb_file",
    "dockerfile_parse",
    "image_compare",
    "image_explain",
    "image_explore",
    "image_inspect",
    "image_load",
    "image_lock",
    "image_pull",
    "image_push",
    "image_run",
    "image_size",
    "image_test",
    "image_verify",
    "image_write",
    "index_write",
    "layer_compress",
    "layer_copy",
    "layer_diff",
    "layer_import",
    "layer_record",
    "layer_run",
    "layout_assemble",
    "mtree_diff",
    "mtree_write",
    "network_lock_write",
    "provenance_write",
    "remote_file_record",
    "sbom_test",
    "sbom_write",
    "stage_extract",
    "state_write",
]

# The tools that people run by themselves.
OTHER_TOOLS = [
    "apt_lock",
    "layer_index",
    "registry_credential_helper",
]

DockerfileToolsInfo = provider(
    doc = "The tools of a toolchain. docs/design/0001_artifacts.md specifies their command lines.",
    fields = {
        tool: "FilesToRunProvider: `%s`." % tool
        for tool in TOOLS
    } | {
        "runfiles": "dict from the name of each tool to its runfiles.",
        "build_platform": "string: the platform on which the actions run, such as `linux/amd64`.",
    },
)
