"""What RUN --mount refers to."""

load(":outline.bzl", "mount_fields")
load(":words.bzl", "split_flags", "split_keyword")

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
    """Lists the types of the mounts of a RUN.

    Args:
      text: the instruction's text.

    Returns:
      A list of strings such as "bind".
    """
    return [mount.get("type", "bind") for mount in run_mounts({"text": text})]

def secret_ids(instruction):
    """Lists the secrets that the mounts of a RUN ask for.

    Args:
      instruction: from an outline.

    Returns:
      A list of ids, None if variables decide.
    """
    ids = []
    for mount in run_mounts(instruction):
        if [key for key in ["type", "id", "source", "src"] if "$" in mount.get(key, "")]:
            return None
        target = mount.get("target", mount.get("dst", mount.get("destination", "")))
        if mount.get("type") == "secret" and "$" in target:
            return None
        if mount.get("type") == "secret":
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
        if mount.get("type", "bind") == "bind" and not mount.get("from")
    ]
