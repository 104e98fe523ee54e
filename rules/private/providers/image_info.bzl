"""ImageInfo: a container image."""

ImageInfo = provider(
    doc = "A container image of one platform, for FROM and COPY --from.",
    fields = {
        "config": "File: the OCI image config.",
        "manifest": "File: the OCI image manifest.",
        "descriptor": "File: the descriptor of the manifest.",
        "layers": "list of LayerInfo: base first.",
        "onbuild": "list of string: the triggers that a FROM of this image runs.",
        "platform": "string: such as `linux/arm64`.",
        "reference": "string: its reference with a digest, if a registry has exactly this image; else empty.",
        "sources": "list of string: references with tag and digest, whose repositories have the layers that were left in a registry.",
        "unstamped": "ImageInfo: the same image before stamping, for images that are based on it; None if the image is not stamped.",
        "plans": "list of File: for each stage that the image is built from, base first, its instructions with their lines in the Dockerfile. Custom rules may not set it.",
        "is_rootfs": "bool: whether the image was imported from a root file system, whose platform only the BUILD file sets, and a FROM --platform may override.",
    },
)

def has_layers(image):
    """Returns whether all layers of an image are available: none was left in its registry.

    Args:
      image: ImageInfo.
    """
    return not [layer for layer in image.layers if not layer.tar]

def require_layers(image, label, required_by):
    """Fails if layers of an image were left in their registry.

    Args:
      image: ImageInfo.
      label: of the image.
      required_by: what requires the layers, for the message.
    """
    if not has_layers(image):
        fail("%s: expected an image with all layers, got %s, which leaves those of %s in the registry\nhint: use %s.whole" % (
            required_by,
            label,
            ", ".join([source.partition("@")[0] for source in image.sources]),
            label,
        ))
