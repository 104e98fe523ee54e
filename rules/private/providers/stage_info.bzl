"""StageInfo: a built stage of a Dockerfile."""

StageInfo = provider(
    doc = "A built stage, on which a later stage of the same Dockerfile can be based. Its target also has an ImageInfo.",
    fields = {
        "state": "File: the build state after the last instruction, including build arguments.",
        "name": "string: name of the stage, or its number if it has none.",
        "platform": "string: platform of the image, such as `linux/amd64`.",
        "workdir_state": "File: a build state in which only working directory and user are up to date. Instructions that expand no variable read it instead of `state`.",
        "origin": "string: the first FROM in the chain of its parents, for messages, such as `app/Dockerfile:1: FROM base`.",
        "records": "depset of struct(stage, files): lock files that were recorded, for the stage and for those that it is based on; empty unless it records.",
    },
)
