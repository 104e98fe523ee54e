"""StageInfo: a built stage of a Dockerfile."""

StageInfo = provider(
    doc = "A built stage: what a later stage of the same Dockerfile starts from. Comes with an ImageInfo.",
    fields = {
        "state": "File: the build state after the last instruction, build arguments included.",
        "name": "string: name of the stage, or its number.",
        "platform": "string: of the image, such as `linux/amd64`.",
        "workdir_state": "File: a build state in which only working directory and user are right; what COPY reads.",
        "origin": "string: the FROM of the image that it is made from, for messages, such as `app/Dockerfile:1: FROM base`.",
        "records": "depset of struct(stage, files): tuples of lock files that were recorded for it and for the stages that it is made from; empty unless it records.",
    },
)
