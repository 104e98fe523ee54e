"""Here-documents: which words of a line announce one."""

load(":words.bzl", "json_list", "split_flags", "split_keyword")

_INSTRUCTIONS = ["ADD", "COPY", "RUN"]
_BLANKS = " \t\n\013\014\r"

def heredocs_of(line, escape):
    """Finds the here-documents that a logical line announces.

    Args:
      line: a joined logical line.
      escape: the escape token; words are split with the backslash all the same.

    Returns:
      A list of struct(name, chomp), in order.
    """
    if "<<" not in line:
        return []
    keyword, rest = split_keyword(line)
    if keyword == "ONBUILD":
        keyword, rest = split_keyword(rest)
    if keyword not in _INSTRUCTIONS or json_list(split_flags(rest, escape)[1]) != None:
        return []
    found = [parse_heredoc(word) for word in _raw_words(line)]
    return [heredoc for heredoc in found if heredoc]

def parse_heredoc(word):
    """Reads a word such as `<<EOF`, `3<<-"EOF"`.

    Args:
      word: the word, quotes and escapes included.

    Returns:
      struct(name, chomp), or None if the word announces no here-document.
    """
    rest = word.lstrip("0123456789")
    if not rest.startswith("<<"):
        return None
    rest = rest[2:]
    chomp = rest.startswith("-")
    name = _unquote(rest.removeprefix("-").lstrip(_BLANKS))
    if not name or "<" in rest:
        return None
    return struct(name = name, chomp = chomp)

def _raw_words(line):
    """Splits `line` as a shell does, keeping quotes and escapes.

    Blanks after `<<` belong to the word: `cat << EOF`.
    """
    words = []
    word = []
    quote = ""
    escaped = False
    angles = 0  # of the run of `<` just before
    joins = False  # after `<<` and blanks
    for ch in line.elems():
        angles = angles + 1 if ch == "<" and not quote and not escaped else 0
        joins = angles > 0 and angles % 2 == 0 or joins and ch in _BLANKS
        if escaped:
            escaped = False
        elif quote:
            if ch == quote:
                quote = ""
            elif ch == "\\" and quote == '"':
                escaped = True
        elif ch in _BLANKS and not joins:
            if word:
                words.append("".join(word))
                word = []
            continue
        elif ch in "'\"":
            quote = ch
        elif ch == "\\":
            escaped = True
        word.append(ch)
    if word:
        words.append("".join(word))
    return [] if quote else words

def _unquote(word):
    """Removes quotes and escapes; None unless it is one balanced word."""
    if not [ch for ch in ("'\"\\" + _BLANKS).elems() if ch in word]:
        return word
    text = []
    quote = ""
    escaped = False
    for ch in word.elems():
        if escaped:
            escaped = False
            if quote and ch not in '"$\\':
                text.append("\\")
            text.append(ch)
        elif quote:
            if ch == quote:
                quote = ""
            elif ch == "\\" and quote == '"':
                escaped = True
            else:
                text.append(ch)
        elif ch in "'\"":
            quote = ch
        elif ch == "\\":
            escaped = True
        elif ch in _BLANKS:
            return None
        else:
            text.append(ch)
    return None if quote else "".join(text)
