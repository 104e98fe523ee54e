"""Word expansion of FROM lines and global ARGs, which decide the graph."""

load("//rules/private/context:pattern.bzl", "match_component")

_NAME_START = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_DIGITS = "0123456789"
_OPERATORS = [":-", ":+", ":?", "##", "%%", "//", "-", "+", "?", "#", "%", "/"]

# U+FFFD in UTF-8.
_REPLACEMENT_CHARACTER = "\357\277\275"

# Their operands are patterns, in which an escape stays.
_PATTERN_OPERATORS = ["##", "%%", "//", "#", "%", "/"]

# What variables may give in one word, as in the parser (lib/dockerfile).
_MAX_SIZE = 1048576

_TOO_LARGE = "variables give more than %d bytes" % _MAX_SIZE

# The longest value that a pattern is matched with: that takes the square of it,
# and for a replacement the cube.
_MAX_MATCHED = 1024
_TOO_LONG = "a pattern here matches values of at most %d bytes" % _MAX_MATCHED

def expand_word(word, env, escape, unknown = []):
    """Expands variables and removes quotes.

    Dockerfile reference, "Environment replacement".

    Args:
      word: the word as written.
      env: dict of variables that are set.
      escape: the escape token.
      unknown: names that have a value which is not known yet.

    Returns:
      struct(text, error, unknown): `error` is None or what is wrong; `unknown`
      is the first such name that the word needs, or None.
    """
    outer = []  # open `${name op`, as (name, op, quote, parts before it)
    parts = []
    quote = ""
    skip = 0
    size = 0  # of what variables gave
    for i, ch in enumerate(word.elems()):
        if i < skip:
            continue
        if size > _MAX_SIZE:
            return _failed(word, _TOO_LARGE)
        if quote == "'":
            if ch == "'":
                quote = ""
            else:
                parts.append(ch)
        elif ch == escape:
            following = word[i + 1:i + 2]
            if outer and outer[-1][1] in _PATTERN_OPERATORS:
                parts.append(ch)
            if quote and following not in ["\"", "$", escape]:
                parts.append(ch)
            else:
                parts.append(following)
                skip = i + 2
        elif ch == "'" and not quote:
            quote = "'"
        elif ch == "\"":
            quote = "" if quote else "\""
        elif ch == "$":
            reference = _reference(word, i + 1)
            if reference.error:
                return _failed(word, reference.error)
            if reference.name in unknown:
                return struct(text = "", error = None, unknown = reference.name)
            if reference.operator:
                outer.append((reference.name, reference.operator, quote, parts))
                parts = []
                quote = ""
            elif reference.name:
                parts.append(env.get(reference.name, ""))
                size += len(parts[-1])
            else:
                parts.append("$")
            skip = reference.end
        elif ch == "/" and outer and outer[-1][1] in ["/", "//"] and not quote:
            # The pattern ends; what follows replaces it.
            name, operator, before_quote, before = outer.pop()
            outer.append((name, operator + "r", before_quote, before + ["".join(parts)]))
            parts = []
        elif ch == "}" and outer and not quote and outer[-1][1] not in ["/", "//"]:
            name, operator, quote, before = outer.pop()
            if operator in ["/r", "//r"]:
                pattern = before[-1]
                before = before[:-1]
                value, error = _replaced(env.get(name, ""), pattern, "".join(parts), operator == "//r")
            else:
                value, error = _modified(name, operator, "".join(parts), env)
            if error:
                return _failed(word, error)
            parts = before + [value]
            size += len(value)
        else:
            parts.append(ch)
    if size > _MAX_SIZE:
        return _failed(word, _TOO_LARGE)
    if outer:
        return _failed(word, "syntax error: missing %s" % ("'/' in ${}" if outer[-1][1] in ["/", "//"] else "'}'"))
    if quote:
        return _failed(word, "unexpected end of statement while looking for matching %s-quote" % (
            "single" if quote == "'" else "double"
        ))
    return struct(text = "".join(parts), error = None, unknown = None)

def _failed(word, cause):
    return struct(text = "", error = "failed to process \"%s\": %s" % (word, cause), unknown = None)

def _reference(word, start):
    """Reads what follows a `$`."""
    braced = word[start:start + 1] == "{"
    if braced:
        start += 1
    name = _name(word[start:])
    end = start + len(name)
    if not braced:
        return struct(name = name, operator = None, end = end, error = None)
    if start >= len(word):
        return struct(name = "", operator = None, end = end, error = "syntax error: missing '}'")
    if word[start] in "{}:":
        return struct(name = "", operator = None, end = end, error = "syntax error: bad substitution")
    if word[end:end + 1] == "}":
        return struct(name = name, operator = None, end = end + 1, error = None)
    for operator in _OPERATORS:
        if word[end:].startswith(operator):
            return struct(name = name, operator = operator, end = end + len(operator), error = None)
    if word[end:end + 1] == ":" and "}" not in word[end:]:
        return struct(name = name, operator = None, end = end, error = "syntax error: missing '}'")

    # The frontend takes the end of the word for a modifier.
    modifier = word[end:end + 2 if word[end:end + 1] == ":" else end + 1] or _REPLACEMENT_CHARACTER
    return struct(
        name = name,
        operator = None,
        end = end,
        error = "unsupported modifier (%s) in substitution" % modifier,
    )

def _name(text):
    allowed = _DIGITS if text[:1] and text[0] in _DIGITS else _NAME_START + _DIGITS
    if text[:1] and text[0] in "@*#?-$!":
        return text[0]
    return text[:len(text) - len(text.lstrip(allowed))]

def _replaced(value, pattern, replacement, all):
    """Returns (value, error) with the first match, or all, of `pattern` replaced; the longest count."""
    if len(value) > _MAX_MATCHED:
        return "", _TOO_LONG
    if all and (len(value) + 1) * len(replacement) > _MAX_SIZE:
        return "", _TOO_LARGE
    parts = []
    at = 0
    for start in range(len(value) + 1):
        if start < at:
            continue
        ends = [end for end in reversed(range(start, len(value) + 1)) if match_component(pattern.replace("[", "\\["), value[start:end])]
        if ends and (all or at == 0 and not parts):
            parts += [value[at:start], replacement]
            at = ends[0]
            if ends[0] == start:
                # An empty match: the character after it stays.
                parts.append(value[start:start + 1])
                at = start + 1
            if not all:
                break
    return "".join(parts) + value[at:], None

def _modified(name, operator, word, env):
    """Returns (value, error) of `${name operator word}`."""
    value = env.get(name)
    present = bool(value) if operator.startswith(":") else value != None
    kind = operator[-1]
    if kind == "-":
        return (value if present else word), None
    if kind == "+":
        return (word if present else ""), None
    if kind == "?":
        if present:
            return value, None
        default = "is not allowed to be " + ("unset" if value == None else "empty")
        return "", "%s: %s" % (name, word or default)
    value = value or ""
    if len(value) > _MAX_MATCHED:
        return "", _TOO_LONG
    word = word.replace("[", "\\[")  # no classes in these patterns
    lengths = range(len(value) + 1)
    if len(operator) == 2:
        lengths = reversed(lengths)
    for length in lengths:
        if kind == "#" and match_component(word, value[:length]):
            return value[length:], None
        if kind == "%" and match_component(word, value[len(value) - length:]):
            return value[:len(value) - length], None
    return value, None
