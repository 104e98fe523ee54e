"""LayerInfo: a layer, or the layers of a base."""

LayerInfo = provider(
    doc = """A layer in its four forms.

A layer that was *left in its registry* has a descriptor only; the other fields are
None. Each field holds a file, or a directory of files named `0000`, `0001`, …, base
first: a base has a number of layers that only its import tells.""",
    fields = {
        "tar": "File: the uncompressed changeset; its digest is the diff_id.",
        "index": "File: what is in the tar, without the bytes (`*.layer.index`).",
        "blob": "File: the compressed layer, as registries hold it.",
        "descriptor": "File: media type, digest and size of the blob, and the diff_id.",
    },
)
