"""LayerInfo: a layer, or the layers of a base."""

LayerInfo = provider(
    doc = """A layer in its four forms.

A layer that was *left in its registry* has only a descriptor; the other fields are
None. Each field is a file, or a directory of files named `0000`, `0001`, …, base
first, for the layers of an imported image, whose number is not known in analysis.""",
    fields = {
        "tar": "File: the uncompressed changeset; its digest is the diff_id.",
        "index": "File: the entries of the tar, without their data (`*.layer.index`).",
        "blob": "File: the compressed layer, as registries store it.",
        "origin": "string: the Dockerfile and the line of the instruction that created it, `app/Dockerfile:7`; None for the layers of an imported image.",
        "descriptor": "File: media type, digest and size of the blob, and the diff_id.",
    },
)
