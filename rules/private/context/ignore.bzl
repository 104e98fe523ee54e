"""The patterns of .dockerignore, decided at analysis so that an ignored file is
no input of any action."""

load(":pattern.bzl", "has_meta", "match_components", "path_components")

_BOM = "\357\273\277"

def parse_ignore(text):
    """Reads a .dockerignore file.

    Args:
      text: its contents.

    Returns:
      A list of patterns for `ignores`, or None if only the tools can tell (a
      pattern such as `a**b`, or a malformed one, which they report).
    """
    patterns = []
    for number, line in enumerate(text.split("\n")):
        if number == 0:
            line = line.removeprefix(_BOM)
        if line.startswith("#"):
            continue
        line = line.strip(" \t\r\013\014")
        if not line:
            continue
        negated = line.startswith("!")
        if negated:
            line = line[1:].strip(" \t\013\014")
        components = path_components(line)
        if "[" in line or "\\" in line or not line:
            return None
        if [c for c in components if "**" in c and c != "**"]:
            return None
        if not components:
            continue
        if components[-1] == "**":
            components.append("*")
        patterns.append(struct(
            negated = negated,
            components = components,
            literal = None if has_meta(line) else "/".join(components),
        ))
    return patterns

def ignores(patterns, path):
    """Tells whether the patterns ignore a file.

    Args:
      patterns: from `parse_ignore`.
      path: the file, relative to the root of the build context.

    Returns:
      A bool.
    """
    ignored = False
    names = path.split("/")
    for pattern in patterns:
        if pattern.negated == ignored and _matches_path_or_parent(pattern, path, names):
            ignored = not pattern.negated
    return ignored

def _matches_path_or_parent(pattern, path, names):
    if pattern.literal != None:
        return path == pattern.literal or path.startswith(pattern.literal + "/")
    if len(pattern.components) == 1:
        return match_components(pattern.components, names[:1])
    return match_components(pattern.components + ["**"], names)
