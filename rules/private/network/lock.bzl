"""The lock file of a Dockerfile: docs/design/0002_locked_network.md."""

load("//rules/private/context:select.bzl", "is_git", "is_remote")
load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/outline:words.bzl", "split_flags", "split_keyword")

_REQUEST_FIELDS = ["method", "url", "status", "sha256", "size"]

def parse_network_lock(text):
    """Parses the part of a lock file that downloads need.

    Args:
      text: string: the file's text, as `network_lock_write` writes it.

    Returns:
      struct(files, runs, error): the decoded lists, or why the text is malformed.
      The tools check the rest.
    """
    lock = json.decode(text, default = None)
    if type(lock) != "dict":
        return _error("expected a JSON object")
    if lock.get("version") != 1:
        return _error("version: expected 1, got %s" % lock.get("version"))
    for run in lock.get("runs", []):
        for request in run.get("requests", []):
            for field in _REQUEST_FIELDS:
                if field not in request:
                    return _error("request: missing field \"%s\"" % field)
            if not _is_sha256(request["sha256"]):
                return _error("%s: sha256: expected 64 lower-case hex digits, got \"%s\"" % (request["url"], request["sha256"]))
    for file in lock.get("files", []):
        if not _is_sha256(file.get("sha256", "")):
            return _error("%s: sha256: expected 64 lower-case hex digits, got \"%s\"" % (file.get("url"), file.get("sha256", "")))
    return struct(files = lock.get("files", []), runs = lock.get("runs", []), error = None)

def _error(text):
    return struct(files = [], runs = [], error = text)

def _is_sha256(text):
    return len(text) == 64 and not text.strip("0123456789abcdef")

def locked_downloads(files, runs):
    """Lists the files that Bazel's downloader fetches for a lock.

    Args:
      files: from `parse_network_lock`.
      runs: from `parse_network_lock`.

    Returns:
      dict from SHA-256 to URL, which may be `mirror:NAME/path`. Empty responses and
      those whose content is in the lock itself are not listed.
    """
    downloads = {file["sha256"]: file["url"] for file in files}
    for run in runs:
        for request in run["requests"]:
            if request["method"] == "GET" and request["status"] == 200 and request["size"] > 0:
                downloads.setdefault(request["sha256"], request["url"])
    return downloads

def checksummed_files(outline):
    """Lists the files that ADD fetches with a --checksum in the Dockerfile.

    Args:
      outline: from `outline_dockerfile`.

    Returns:
      A list like `files` of `parse_network_lock`, for every stage and platform.
    """
    files = []
    for stage in outline["stages"]:
        for instruction in stage["instructions"]:
            urls = [source for source in instruction["sources"] if is_remote(source) and not is_git(source)]
            if instruction["keyword"] == "ADD" and len(urls) == 1 and len(instruction["sources"]) == 1 and "$" not in urls[0]:
                sha256 = _checksum(parse_instruction_text(instruction["text"]))
                if sha256:
                    files.append({"stage": "", "platform": "", "url": urls[0], "sha256": sha256})
    return files

def _checksum(text):
    flags, _ = split_flags(split_keyword(text.line)[1], text.escape)
    for flag in flags:
        digest = flag.removeprefix("--checksum=sha256:")
        if digest != flag and _is_sha256(digest):
            return digest
    return None

def mirror_of(url):
    """Splits a URL of a lock.

    Args:
      url: such as `mirror:debian/dists/x`.

    Returns:
      (name of the mirror, path below it); ("", url) if it is not on a mirror.
    """
    if not url.startswith("mirror:"):
        return "", url
    name, _, path = url.removeprefix("mirror:").partition("/")
    return name, path
