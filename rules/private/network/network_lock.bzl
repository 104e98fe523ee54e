"""The `network_lock` rule: the lock of a Dockerfile with its blobs."""

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
    doc = "What a Dockerfile's lock names. `network_lock_repo` declares one.",
    attrs = {
        "blobs": attr.label_list(
            doc = "Fetched files, named by their SHA-256.",
            allow_files = True,
        ),
        "files": attr.string(
            doc = "What ADD fetches, as JSON of the lock.",
            default = "[]",
        ),
        "mirrors": attr.string_dict(
            doc = "Names of mirrors and their URLs.",
        ),
        "missing": attr.string_dict(
            doc = "SHA-256 of what could not be fetched, and why.",
        ),
        "path": attr.string(
            doc = "Path of the lock file, for messages.",
        ),
        "runs": attr.label_keyed_string_dict(
            doc = "A lock file for each RUN, and JSON that tells its key, blobs and mirrors.",
            allow_files = True,
        ),
    },
    provides = [NetworkLockInfo],
)
