"""Word expansion of FROM lines and global ARGs, which decide the graph."""

load("//rules/private/context:pattern.bzl", "match_component")

_NAME_START = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_DIGITS = "0123456789"
_OPERATORS = [":-", ":+", ":?", "##", "%%", "//", "-", "+", "?", "#", "%", "/"]

# U+FFFD in UTF-8.
_REPLACEMENT_CHARACTER = "\357\277\275"

# Operators whose operand is a pattern, in which an escape is kept.
_PATTERN_OPERATORS = ["##", "%%", "//", "#", "%", "/"]

# Limit of the text that variables expand to in one word, as in the parser
# (lib/dockerfile).
_MAX_SIZE = 1048576

_TOO_LARGE = "variables expand to more than %d bytes" % _MAX_SIZE

# Limit of the value that a pattern is matched with: the time is quadratic in its
# length, for a replacement cubic.
_MAX_MATCHED = 1024
_TOO_LONG = "a pattern here matches values of at most %d bytes" % _MAX_MATCHED

def expand_word(word, env, escape, unknown = []):
    """Expands variables and removes quotes.

    Dockerfile reference, "Environment replacement".

    Args:
      word: the word as written.
      env: dict of variables that are set.
      escape: the escape token.
      unknown: names whose value is not known yet.

    Returns:
      struct(text, error, unknown): `error` is None or a message; `unknown` is the
      first of `unknown` that the word needs, or None.
    """
    if not [ch for ch in [escape, "$", "\"", "'"] if ch in word]:
        return struct(text = word, error = None, unknown = None)
    state = {
        "outer": [],  # open `${name op`, as (name, op, quote, parts before it)
        "parts": [],
        "quote": "",
        "size": 0,  # of the expanded variables
        "skip": 0,
    }
    for i, ch in enumerate(word.elems()):
        if i < state["skip"]:
            continue
        if state["size"] > _MAX_SIZE:
            return _failed(word, _TOO_LARGE)
        quote = state["quote"]
        if quote == "'" and ch != "'":
            state["parts"].append(ch)
        elif quote != "'" and ch == escape:
            _take_escaped(state, word[i + 1:i + 2], escape, i + 2)
        elif ch == "\"" or (ch == "'" and quote != "\""):
            state["quote"] = "" if quote else ch
        elif ch == "$":
            reference = _reference(word, i + 1)
            if reference.error:
                return _failed(word, reference.error)
            if reference.name in unknown:
                return struct(text = "", error = None, unknown = reference.name)
            _take_reference(state, reference, env)
        elif ch == "/" and not quote and _operator(state) in ["/", "//"]:
            _end_pattern(state)
        elif ch == "}" and not quote and _operator(state) not in ["", "/", "//"]:
            error = _end_substitution(state, env)
            if error:
                return _failed(word, error)
        else:
            state["parts"].append(ch)
    error = _unfinished(state)
    if error:
        return _failed(word, error)
    return struct(text = "".join(state["parts"]), error = None, unknown = None)

def _operator(state):
    """Returns the operator of the innermost open substitution, or ""."""
    return state["outer"][-1][1] if state["outer"] else ""

def _take_escaped(state, following, escape, end):
    """Takes an escape token and the character after it."""
    if _operator(state) in _PATTERN_OPERATORS:
        state["parts"].append(escape)
    if state["quote"] and following not in ["\"", "$", escape]:
        state["parts"].append(escape)
    else:
        state["parts"].append(following)
        state["skip"] = end

def _take_reference(state, reference, env):
    """Takes a `$name`, `${name}` or the beginning of `${name op word}`."""
    if reference.operator:
        state["outer"].append((reference.name, reference.operator, state["quote"], state["parts"]))
        state["parts"] = []
        state["quote"] = ""
    elif reference.name:
        value = env.get(reference.name, "")
        state["parts"].append(value)
        state["size"] += len(value)
    else:
        state["parts"].append("$")
    state["skip"] = reference.end

def _end_pattern(state):
    """Ends the pattern of `${name/pattern/replacement}`."""
    name, operator, quote, before = state["outer"].pop()
    state["outer"].append((name, operator + "r", quote, before + ["".join(state["parts"])]))
    state["parts"] = []

def _end_substitution(state, env):
    """Ends `${name op word}`; returns an error or None."""
    name, operator, quote, before = state["outer"].pop()
    word = "".join(state["parts"])
    if operator in ["/r", "//r"]:
        value, error = _replaced(env.get(name, ""), before[-1], word, operator == "//r")
        before = before[:-1]
    else:
        value, error = _modified(name, operator, word, env)
    if error:
        return error
    state["quote"] = quote
    state["parts"] = before + [value]
    state["size"] += len(value)
    return None

def _unfinished(state):
    """Returns the error at the end of a word, or None."""
    if state["size"] > _MAX_SIZE:
        return _TOO_LARGE
    if state["outer"]:
        return "syntax error: missing %s" % ("'/' in ${}" if _operator(state) in ["/", "//"] else "'}'")
    if state["quote"]:
        return "unexpected end of statement while looking for matching %s-quote" % (
            "single" if state["quote"] == "'" else "double"
        )
    return None

def _failed(word, cause):
    return struct(text = "", error = "failed to process \"%s\": %s" % (word, cause), unknown = None)

def _reference(word, start):
    """Parses the text after a `$`."""
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

    # The frontend treats the end of the word as a modifier.
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
    """Returns (value, error) with the first or all of the longest matches of `pattern` replaced."""
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
                # An empty match: the character after it is kept.
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
