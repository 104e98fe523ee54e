"""NetworkLockInfo: the files that the instructions of a Dockerfile may fetch."""

NetworkLockInfo = provider(
    doc = "The lock of a Dockerfile, and the blobs that Bazel's downloader fetched for it.",
    fields = {
        "blobs": "dict from SHA-256 (hex) to File.",
        "files": "list of struct(stage, platform, url, sha256, modified): what ADD fetches. `stage` and `platform` are empty for a file with --checksum.",
        "mirrors": "dict from the name of a mirror to its URL on the host.",
        "missing": "dict from SHA-256 to why a blob is not available.",
        "path": "string: path of the lock file, for messages.",
        "runs": "dict from `locked_run_key` to struct(lock, blobs, mirrors): File, list of SHA-256, list of names.",
    },
)

def locked_run_key(stage, platform, instruction):
    """Returns the key of a RUN in a lock.

    Args:
      stage: name of its stage, or its number.
      platform: such as "linux/amd64".
      instruction: its text.

    Returns:
      A string.
    """
    return "\n".join([stage, platform, instruction])
