"""BuildContextInfo: the files that COPY, ADD and RUN --mount=type=bind can see."""

BuildContextInfo = provider(
    doc = "A build context, without the files that its ignore file excludes.",
    fields = {
        "entries": "list of struct(path, file, label, shared): path in the context; the File, a directory if `file.is_directory`; label of its target; whether all such entries of the file are hard links of one file, as runfiles are.",
        "archive": "File: archive with more files; None if there is none.",
        "ignore": "File: ignore patterns that the tools have to apply; None if they were applied in analysis.",
    },
)
