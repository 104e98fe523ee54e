"""Path patterns: Go's filepath.Match, and `**` as in .dockerignore."""

_META = "*?[\\"

def has_meta(pattern):
    """Returns whether `pattern` has a character that is special in patterns.

    Args:
      pattern: a path pattern.
    """
    return len([ch for ch in _META.elems() if ch in pattern]) > 0

def path_components(path):
    """Splits a path at slashes, after cleaning it as if below "/".

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
    """Returns whether `pattern` matches a component of a path completely.

    Args:
      pattern: without "/"; `*`, `?`, `[a-z]`, `[^a]`, backslash. A malformed pattern
        matches everything: the tool that parses it again reports the error.
      name: the component.
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
    """Returns whether the component patterns match all of `names`.

    Args:
      patterns: component patterns; "**" matches any number of components.
      names: the components of a path.
    """
    if "**" not in patterns:
        if len(patterns) != len(names):
            return False
        for i, pattern in enumerate(patterns):
            if not match_component(pattern, names[i]):
                return False
        return True

    # Starlark has no recursion: first compute which pattern matches which component.
    return _match_tokens([
        ("star", None) if p == "**" else ("row", [match_component(p, name) for name in names])
        for p in patterns
    ], range(len(names)))

def _characters(text):
    """Splits UTF-8 text into characters. Bazel treats each byte as a character."""
    characters = []
    for byte in text.elems():
        if characters and "\200" <= byte and byte <= "\277":
            characters[-1] += byte
        else:
            characters.append(byte)
    return characters

def _match_tokens(tokens, items):
    """Matches with backtracking to the last star, which is sufficient."""
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
    low = None  # set until the end of a range is read
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
