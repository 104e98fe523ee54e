"""The mounts of RUN."""

load(":instruction_text.bzl", "parse_instruction_text")
load(":outline.bzl", "mount_fields")
load(":words.bzl", "split_flags", "split_keyword")

# Any other type is an error, or expands to one of these.
_TYPES = ["bind", "cache", "secret", "ssh", "tmpfs"]

def run_mounts(instruction):
    """Parses the mounts of a RUN.

    Args:
      instruction: from an outline.

    Returns:
      A list of dicts, from `mount_fields`.
    """
    text = parse_instruction_text(instruction["text"])
    flags, _ = split_flags(split_keyword(text.line)[1], text.escape)
    return [
        mount_fields(flag.removeprefix("--mount="))
        for flag in flags
        if flag.startswith("--mount=")
    ]

def mount_types(instruction):
    """Lists the types that the mounts of a RUN may have.

    Args:
      instruction: from an outline.

    Returns:
      A list of strings such as "bind"; all types if one depends on variables.
    """
    types = []
    for mount in run_mounts(instruction):
        types += _types_of(mount)
    return types

def _types_of(mount):
    type = mount.get("type", "bind")
    return [type] if type in _TYPES else _TYPES

def secret_ids(instruction):
    """Lists the secrets that the mounts of a RUN use.

    Args:
      instruction: from an outline.

    Returns:
      A list of ids, None if one depends on variables.
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
