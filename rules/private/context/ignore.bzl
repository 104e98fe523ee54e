"""The patterns of .dockerignore, applied in analysis so that an ignored file is
not an input of any action."""

load(":pattern.bzl", "has_meta", "match_components", "path_components")

_BOM = "\357\273\277"
_BLANKS = " \t\r\013\014"

# Characters with a meaning in regular expressions, to which the tools translate
# patterns.
_ONLY_TOOLS = "[]\\^"

def parse_ignore(text):
    """Parses a .dockerignore file.

    Args:
      text: its contents.

    Returns:
      A list of patterns for `ignores`, or None if only the tools can apply them: a
      pattern such as `a**b`, or a malformed one, which they report.
    """
    patterns = []
    for number, line in enumerate(text.split("\n")):
        if number == 0:
            line = line.removeprefix(_BOM)
        if line.startswith("#"):
            continue
        line = line.strip(_BLANKS)
        if not line:
            continue
        negated = line.startswith("!")
        if negated:
            line = line[1:].strip(_BLANKS)
        components = path_components(line)
        if [ch for ch in _ONLY_TOOLS.elems() if ch in line] or ".." in line.split("/"):
            return None
        if [c for c in components if "**" in c and c != "**"]:
            return None
        if not components and not negated:
            continue

        # The tools parse a pattern again without its slash: "/!a" is an exception.
        cleaned = "/".join(components)
        if not components or cleaned.startswith("!") or cleaned != cleaned.strip(_BLANKS):
            return None
        if components[-1] == "**":
            components.append("*")
        patterns.append(struct(
            negated = negated,
            components = components,
            literal = None if has_meta(line) else cleaned,
        ))
    return patterns

def ignores(patterns, path):
    """Returns whether the patterns ignore a file.

    Args:
      patterns: from `parse_ignore`.
      path: the file, relative to the root of the build context.
    """
    names = path.split("/")
    if not [p for p in patterns if p.negated]:
        return len([p for p in patterns if _matches_path_or_parent(p, path, names)]) > 0

    # The path's parents, outermost first, then the path. An exception applies to a
    # directory only if an earlier pattern ignores that directory.
    ignored = False
    matched = [False for _ in patterns]
    for end in range(1, len(names) + 1):
        ignored = False
        for i, pattern in enumerate(patterns):
            if not matched[i] and pattern.negated == ignored:
                matched[i] = _matches_path(pattern, names[:end])
            if matched[i]:
                ignored = not pattern.negated
    return ignored

def _matches_path(pattern, names):
    if pattern.literal != None:
        return pattern.literal == "/".join(names)
    return match_components(pattern.components, names)

def _matches_path_or_parent(pattern, path, names):
    if pattern.literal != None:
        return path == pattern.literal or path.startswith(pattern.literal + "/")
    if len(pattern.components) == 1:
        return match_components(pattern.components, names[:1])
    return match_components(pattern.components + ["**"], names)
