"""ImageInfo: a container image."""

ImageInfo = provider(
    doc = "A container image of one platform: what a FROM or a COPY --from may name.",
    fields = {
        "config": "File: the OCI image config.",
        "manifest": "File: the OCI image manifest.",
        "descriptor": "File: the descriptor of the manifest.",
        "layers": "list of LayerInfo: base first.",
        "onbuild": "list of string: the triggers that a FROM of this image runs.",
        "platform": "string: such as `linux/arm64`.",
        "is_rootfs": "bool: whether it was a root file system, whose platform only the BUILD file says; a FROM --platform may say another.",
    },
)
