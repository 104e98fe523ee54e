"""AttestationsInfo: the attestations of the images of an index."""

AttestationsInfo = provider(
    doc = "The attestations of the images of an index.",
    fields = {
        "images": "list, for each image a dict from the name of an output group to a list of File.",
    },
)
