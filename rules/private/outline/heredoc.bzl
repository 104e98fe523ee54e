"""Here-documents, and the words of a line that announce them."""

load(":words.bzl", "json_list", "split_flags", "split_keyword", "with_ascii_space")

_INSTRUCTIONS = ["ADD", "COPY", "RUN"]
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_BLANKS = " \t\n\013\014\r"

def heredocs_of(line, escape):
    """Finds the here-documents that a logical line announces.

    Args:
      line: a joined logical line.
      escape: the escape token. Words are split with the backslash regardless of it.

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
    if "${" in line and not _substitutes_well(line):
        return []
    found = [parse_heredoc(word) for word in _raw_words(with_ascii_space(line))]
    return [heredoc for heredoc in found if heredoc]

def parse_heredoc(word):
    """Parses a word such as `<<EOF`, `3<<-"EOF"`.

    Args:
      word: the word, including quotes and escapes.

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
    """Splits `line` as a shell does, and keeps quotes and escapes.

    Blanks after `<<` belong to the word: `cat << EOF`.
    """
    words = []
    word = []
    quote = ""
    escaped = False
    angles = 0  # number of consecutive `<` up to here
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

def _substitutes_well(line):
    """Returns whether each `${` of a line is a complete substitution.

    Otherwise the line has no here-documents.
    """
    quotes = [""]  # the quote of the line, then of each open substitution
    skip = 0
    for i, ch in enumerate(line.elems()):
        if i < skip:
            continue
        quote = quotes[-1]
        if quote == "'":
            quotes[-1] = "" if ch == "'" else quote
        elif ch == "\\":
            skip = i + 2
        elif ch == '"':
            quotes[-1] = "" if quote else ch
        elif ch == "'" and not quote:
            quotes[-1] = ch
        elif ch == "}" and not quote and len(quotes) > 1:
            quotes.pop()
        elif ch == "$" and line[i + 1:i + 2] == "{":
            rest = line[i + 2:]
            after = rest.lstrip("0123456789") if rest[:1].isdigit() else rest.lstrip(_NAME)
            if after == rest and rest[:1] and rest[0] in "@*#?-$!":
                after = rest[1:]
            skip = i + 2 + len(rest) - len(after)
            if rest[:1] in ["", "{", "}", ":"] or not after:
                return False
            if after[0] == "}":
                skip += 1
            elif after[0] in "-+?#%/" or after[:2] in [":-", ":+", ":?"]:
                skip += 2 if after[0] == ":" else 1
                quotes.append("")
            else:
                return False
    return len(quotes) == 1

def _unquote(word):
    """Removes quotes and escapes; returns None unless it is one word with balanced quotes."""
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
