"""The `network_lock_repo` repository rule: the files that the lock of a Dockerfile names."""

load("//rules/private/apt:mirrors.bzl", "host_mirrors")
load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/providers:network_lock_info.bzl", "locked_run_key")
load(":lock.bzl", "checksummed_files", "locked_downloads", "mirror_of", "parse_network_lock")

_BUILD = """\
load("{network_lock_bzl}", "network_lock")

network_lock(
    name = "lock",
    blobs = glob(["blobs/*"], allow_empty = True),
    files = {files},
    missing = {missing},
    mirrors = {mirrors},
    path = {path},
    runs = {runs},
    visibility = ["//visibility:public"],
)
"""

def _network_lock_repo_impl(rctx):
    dockerfile = rctx.path(rctx.attr.dockerfile)
    path = "/".join([part for part in [rctx.attr.dockerfile.package, rctx.attr.dockerfile.name + ".lock"] if part])
    lock = _read_lock(rctx, dockerfile, path)
    files = lock.files + checksummed_files(outline_dockerfile(rctx.read(dockerfile)))
    mirrors = host_mirrors(rctx)
    missing = _download(rctx, locked_downloads(files, lock.runs), mirrors)
    runs = {}
    for run in lock.runs:
        text = json.encode({"version": 1, "files": [], "runs": [run]}) + "\n"
        name = "runs/%x.json" % (hash(text) & 0xffffffff)
        rctx.file(name, text, executable = False, legacy_utf8 = False)
        runs[name] = json.encode({
            "blobs": locked_downloads([], [run]).keys(),
            "key": locked_run_key(run["stage"], run["platform"], run["instruction"]),
            "mirrors": _mirror_names(run),
        })
    rctx.file("BUILD.bazel", _BUILD.format(
        files = starlark_literal(json.encode(files)),
        mirrors = starlark_literal(mirrors),
        missing = starlark_literal(missing),
        network_lock_bzl = Label(":network_lock.bzl"),
        path = starlark_literal(path),
        runs = starlark_literal(runs),
    ), executable = False, legacy_utf8 = False)

def _read_lock(rctx, dockerfile, path):
    file = dockerfile.dirname.get_child(dockerfile.basename + ".lock")
    rctx.watch(file)
    if not file.exists:
        return struct(files = [], runs = [])
    lock = parse_network_lock(rctx.read(file))
    if lock.error:
        fail("%s: %s" % (path, lock.error))
    return lock

def _mirror_names(run):
    names = {mirror_of(request["url"])[0]: True for request in run["requests"]}
    return sorted([name for name in names if name])

def _download(rctx, downloads, mirrors):
    """Fetches blobs into blobs/; returns why others are not available.

    Does not fail: the user may be about to write a new lock.
    """
    missing = {}
    pending = {}
    for sha256, url in downloads.items():
        mirror, below = mirror_of(url)
        if mirror and mirror not in mirrors:
            missing[sha256] = "%s: no such mirror: \"%s\"" % (url, mirror)
            continue
        pending[sha256] = rctx.download(
            allow_fail = True,
            block = False,
            output = "blobs/" + sha256,
            sha256 = sha256,
            url = "%s/%s" % (mirrors[mirror], below) if mirror else url,
        )
    for sha256, download in pending.items():
        if not download.wait().success:
            missing[sha256] = "%s: cannot be fetched with SHA-256 %s" % (downloads[sha256], sha256)
    return missing

network_lock_repo = repository_rule(
    implementation = _network_lock_repo_impl,
    doc = """The blobs that the lock of a Dockerfile names, as the target `//:lock`.

The lock is the file `NAME.lock` beside the Dockerfile `NAME`; it need not exist. An
ADD with `--checksum=sha256:…` is locked by its checksum. Bazel's downloader fetches
the blobs by their SHA-256, so its repository cache, `--distdir` and URL rewriting
apply.""",
    attrs = {
        "dockerfile": attr.label(
            allow_single_file = True,
            doc = "The Dockerfile.",
            mandatory = True,
        ),
        "mirrors": attr.string_dict(
            doc = "Names of mirrors, as in `mirror:NAME/…` of the lock, each with its URL, in addition to those of the host's apt.",
        ),
    },
)
