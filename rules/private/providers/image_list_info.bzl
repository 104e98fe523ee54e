"""ImageListInfo: images for a tool that is run."""

ImageListInfo = provider(
    doc = "Images that `bazel run` pushes or loads.",
    fields = {
        "lists": "depset of File: docs/design/0001_artifacts.md, \"Image list\".",
        "runfiles": "runfiles: the lists and all files that they name.",
    },
)
