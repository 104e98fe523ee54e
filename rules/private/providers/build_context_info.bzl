"""BuildContextInfo: the files that COPY, ADD and RUN --mount=type=bind can see."""

BuildContextInfo = provider(
    doc = "A build context, ignored files already left out.",
    fields = {
        "entries": "list of struct(path, file, label, shared): path in the context, and the File, a directory if `file.is_directory`; whose it is; whether all such entries of the file are one file with several names (those of runfiles are).",
        "archive": "File: a tar with more files; None when not given.",
        "ignore": "File: patterns that the tools still have to apply; None when every file was decided.",
    },
)
