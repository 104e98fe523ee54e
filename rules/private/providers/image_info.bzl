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
        "sources": "list of string: references, tag and digest, whose repositories have the layers that were left there.",
        "unstamped": "ImageInfo: the same image without the labels that the workspace status says, for images that are made from it; None when it is the same.",
        "is_rootfs": "bool: whether it was a root file system, whose platform only the BUILD file says; a FROM --platform may say another.",
    },
)

def has_layers(image):
    """Returns whether all layers of an image are at hand: none was left in its registry.

    Args:
      image: ImageInfo.
    """
    return not [layer for layer in image.layers if not layer.tar]

def require_layers(image, label, required_by):
    """Fails if layers of an image were left in their registry.

    Args:
      image: ImageInfo.
      label: of the image.
      required_by: what needs the layers, for the message.
    """
    if not has_layers(image):
        fail("%s: expected an image with its layers, got %s, which leaves those of %s in the registry\nhint: name %s.whole" % (
            required_by,
            label,
            ", ".join([source.partition("@")[0] for source in image.sources]),
            label,
        ))
