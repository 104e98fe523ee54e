"""StageInfo: a built stage of a Dockerfile."""

StageInfo = provider(
    doc = "A built stage: what a later stage of the same Dockerfile starts from. Comes with an ImageInfo.",
    fields = {
        "state": "File: the build state after the last instruction, build arguments included.",
        "place": "File: a build state in which only working directory and user are right; what COPY reads.",
    },
)
