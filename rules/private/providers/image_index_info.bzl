"""ImageIndexInfo: an image for several platforms."""

ImageIndexInfo = provider(
    doc = "An image index: one image for several platforms. A FROM of it selects the image of its platform.",
    fields = {
        "descriptor": "File: the descriptor of the index.",
        "images": "list of ImageInfo: one per platform.",
        "index": "File: the OCI image index.",
    },
)
