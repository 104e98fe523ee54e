"""Path patterns: Go's filepath.Match, and `**` as .dockerignore knows it."""

_META = "*?[\\"

def has_meta(pattern):
    """Tells whether `pattern` has a character that is special in patterns.

    Args:
      pattern: a path pattern.

    Returns:
      A bool.
    """
    return len([ch for ch in _META.elems() if ch in pattern]) > 0

def path_components(path):
    """Splits a slash path, cleaned as if below "/".

    Args:
      path: such as "/a/../b".

    Returns:
      The list of its components.
    """
    components = []
    for component in path.split("/"):
        if component == "..":
            components = components[:-1]
        elif component not in ["", "."]:
            components.append(component)
    return components

def match_component(pattern, name):
    """Tells whether `pattern` matches a whole component of a path.

    Args:
      pattern: no "/"; `*`, `?`, `[a-z]`, `[^a]`, backslash. A malformed pattern
        matches everything: the tool that reads it again reports the error.
      name: the component.

    Returns:
      A bool.
    """
    if not has_meta(pattern):
        return pattern == name
    if pattern == "*":
        return True
    tokens = _compile(pattern)
    if tokens == None:
        return True
    return _match_tokens(tokens, _characters(name))

def match_components(patterns, names):
    """Tells whether the component patterns match all of `names`.

    Args:
      patterns: component patterns; "**" matches any number of components.
      names: the components of a path.

    Returns:
      A bool.
    """
    if "**" not in patterns:
        if len(patterns) != len(names):
            return False
        for i, pattern in enumerate(patterns):
            if not match_component(pattern, names[i]):
                return False
        return True

    # Starlark has no recursion: first which pattern matches which component.
    return _match_tokens([
        ("star", None) if p == "**" else ("row", [match_component(p, name) for name in names])
        for p in patterns
    ], range(len(names)))

def _characters(text):
    """Splits UTF-8 text, of which Bazel sees each byte as a character."""
    characters = []
    for byte in text.elems():
        if characters and "\200" <= byte and byte <= "\277":
            characters[-1] += byte
        else:
            characters.append(byte)
    return characters

def _match_tokens(tokens, items):
    """Matches with backtracking to the last star only, which is enough."""
    items = list(items)
    t = 0
    i = 0
    star = -1
    resume = 0
    for _ in range((len(tokens) + 2) * (len(items) + 2)):
        if t < len(tokens) and tokens[t][0] == "star":
            star = t
            resume = i
            t += 1
        elif i < len(items) and t < len(tokens) and _matches(tokens[t], items[i]):
            t += 1
            i += 1
        elif i == len(items) and t == len(tokens):
            return True
        elif star >= 0 and resume < len(items):
            resume += 1
            t = star + 1
            i = resume
        else:
            return False
    return False

def _matches(token, item):
    kind, value = token
    if kind == "literal":
        return item == value
    if kind == "row":
        return value[item]
    if kind == "class":
        negated, ranges = value
        inside = len([1 for low, high in ranges if low <= item and item <= high]) > 0
        return inside != negated
    return True

def _compile(pattern):
    """Returns tokens (kind, value), None if `pattern` is malformed."""
    tokens = []
    chars = _characters(pattern)
    skip = 0
    for i, ch in enumerate(chars):
        if i < skip:
            continue
        if ch == "*":
            tokens.append(("star", None))
        elif ch == "?":
            tokens.append(("any", None))
        elif ch == "\\":
            if i + 1 == len(chars):
                return None
            tokens.append(("literal", chars[i + 1]))
            skip = i + 2
        elif ch == "[":
            token, skip = _compile_class(chars, i + 1)
            if token == None:
                return None
            tokens.append(token)
        else:
            tokens.append(("literal", ch))
    return tokens

def _compile_class(chars, start):
    """Returns (token, index after the class); (None, 0) if malformed."""
    negated = chars[start:start + 1] == ["^"]
    if negated:
        start += 1
    ranges = []
    escaped = False
    low = None  # set while the end of a range is awaited
    for i in range(start, len(chars)):
        ch = chars[i]
        if not escaped and ch == "\\":
            escaped = True
            continue
        if not escaped and ch == "]" and ranges and low == None:
            return ("class", (negated, ranges)), i + 1
        if not escaped and ch == "-" and low == None and ranges and chars[i + 1:i + 2] != ["]"]:
            low = ranges.pop()[0]
            continue
        ranges.append((ch if low == None else low, ch))
        low = None
        escaped = False
    return None, 0
