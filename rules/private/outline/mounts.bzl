"""What RUN --mount refers to."""

load(":outline.bzl", "mount_fields")
load(":words.bzl", "split_flags", "split_keyword")

# Any other type is an error, or becomes one of these when it is expanded.
_TYPES = ["bind", "cache", "secret", "ssh", "tmpfs"]

def run_mounts(instruction):
    """Reads the mounts of a RUN.

    Args:
      instruction: from an outline.

    Returns:
      A list of dicts, as `mount_fields` gives them.
    """
    escape = "`" if instruction["text"].startswith("# escape=`\n") else "\\"
    line = instruction["text"].removeprefix("# escape=`\n").partition("\n")[0]
    flags, _ = split_flags(split_keyword(line)[1], escape)
    return [
        mount_fields(flag.removeprefix("--mount="))
        for flag in flags
        if flag.startswith("--mount=")
    ]

def mount_types(text):
    """Lists the types that the mounts of a RUN may have.

    Args:
      text: the instruction's text.

    Returns:
      A list of strings such as "bind"; all types if variables decide.
    """
    types = []
    for mount in run_mounts({"text": text}):
        types += _types_of(mount)
    return types

def _types_of(mount):
    type = mount.get("type", "bind")
    return [type] if type in _TYPES else _TYPES

def secret_ids(instruction):
    """Lists the secrets that the mounts of a RUN ask for.

    Args:
      instruction: from an outline.

    Returns:
      A list of ids, None if variables decide.
    """
    ids = []
    for mount in run_mounts(instruction):
        if "secret" not in _types_of(mount):
            continue
        target = mount.get("target", mount.get("dst", mount.get("destination", "")))
        if mount["type"] != "secret" or "$" in target + "".join([mount.get(key, "") for key in ["id", "source", "src"]]):
            return None
        ids.append(mount.get("id") or mount.get("source") or mount.get("src") or target.rpartition("/")[2])
    return ids

def context_sources(instruction):
    """Lists the paths of the build context that the mounts of a RUN bind.

    Args:
      instruction: from an outline.

    Returns:
      A list of paths.
    """
    return [
        mount.get("source", mount.get("src", "/"))
        for mount in run_mounts(instruction)
        if "bind" in _types_of(mount) and not mount.get("from")
    ]
