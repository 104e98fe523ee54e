"""ImageStepsInfo: the steps of the build of an image."""

ImageStepsInfo = provider(
    doc = "The instructions of an image and of what it is built from, and the files that their actions write.",
    fields = {
        "steps": "depset of struct(kind, dockerfile, stage, line, text, outputs, evaluates), in postorder: `kind` is `instruction`, `base` (the files of a FROM), `state` or `image`; `stage` is a label; `outputs` is a tuple of paths in the execution root, the first of which names the step; `evaluates` is a tuple of struct(line, text), the instructions that a `state` or `image` evaluates.",
    },
)
