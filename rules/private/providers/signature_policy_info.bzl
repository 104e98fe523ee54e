"""SignaturePolicyInfo: who has to have signed an image."""

SignaturePolicyInfo = provider(
    doc = "Who has to have signed an image, one of several keys.",
    fields = {
        "keys": "list of File: public keys in PEM.",
        "signed_as": "string: the repository that the signatures name; empty for that of the image.",
    },
)
