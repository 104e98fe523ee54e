"""ImageIndexInfo: one image for several platforms."""

ImageIndexInfo = provider(
    doc = "An image index: one image for several platforms. A FROM of it takes the image of its own platform.",
    fields = {
        "descriptor": "File: the descriptor of the index.",
        "images": "list of ImageInfo: one for each platform.",
        "index": "File: the OCI image index.",
    },
)
