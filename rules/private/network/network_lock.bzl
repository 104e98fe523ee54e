"""The `network_lock` rule: the lock of a Dockerfile, with the fetched blobs."""

load("//rules/private/providers:network_lock_info.bzl", "NetworkLockInfo")

def _network_lock_impl(ctx):
    runs = {}
    for target, text in ctx.attr.runs.items():
        run = json.decode(text)
        runs[run["key"]] = struct(
            blobs = run["blobs"],
            lock = target[DefaultInfo].files.to_list()[0],
            mirrors = run["mirrors"],
        )
    return [NetworkLockInfo(
        blobs = {file.basename: file for file in ctx.files.blobs},
        files = [
            struct(
                modified = file.get("modified", 0),
                platform = file["platform"],
                sha256 = file["sha256"],
                stage = file["stage"],
                url = file["url"],
            )
            for file in json.decode(ctx.attr.files)
        ],
        mirrors = ctx.attr.mirrors,
        missing = ctx.attr.missing,
        path = ctx.attr.path,
        runs = runs,
    )]

network_lock = rule(
    implementation = _network_lock_impl,
    doc = "The lock of a Dockerfile. `network_lock_repo` declares it.",
    attrs = {
        "blobs": attr.label_list(
            doc = "Fetched files, named by their SHA-256.",
            allow_files = True,
        ),
        "files": attr.string(
            doc = "The files that ADD fetches, as JSON of the lock.",
            default = "[]",
        ),
        "mirrors": attr.string_dict(
            doc = "Names of mirrors, each with its URL.",
        ),
        "missing": attr.string_dict(
            doc = "SHA-256 of files that could not be fetched, each with the reason.",
        ),
        "path": attr.string(
            doc = "Path of the lock file, for messages.",
        ),
        "runs": attr.label_keyed_string_dict(
            doc = "A lock file per RUN, each with JSON of its key, blobs and mirrors.",
            allow_files = True,
        ),
    },
    provides = [NetworkLockInfo],
)
