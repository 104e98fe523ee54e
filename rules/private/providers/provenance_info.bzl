"""ProvenanceInfo: what an image was built from."""

ProvenanceInfo = provider(
    doc = "What a stage of a Dockerfile was built from: docs/supply_chain.md, \"Provenance\".",
    fields = {
        "build_args": "dict of the build arguments, without what only RUN sees, such as proxies.",
        "context": "BuildContextInfo: the build context.",
        "dockerfile": "File: the Dockerfile.",
        "dockerfile_path": "string: its path in the workspace.",
        "materials": "depset of struct(kind, name, platform, reference, sha256, file): images, remote files, locks of RUN and files of named contexts, also of the stages that it is built from.",
        "network": "string: the network of RUN.",
        "platform": "string: platform of the image.",
        "target": "string: name of the stage, or its number.",
    },
)
