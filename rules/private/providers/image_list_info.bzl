"""ImageListInfo: images for a tool that `bazel run` runs."""

ImageListInfo = provider(
    doc = "Images that `bazel run` pushes or loads.",
    fields = {
        "lists": "depset of File: image lists (docs/design/0001_artifacts.md, \"Image list\").",
        "runfiles": "runfiles: the lists and all files that they name.",
    },
)
