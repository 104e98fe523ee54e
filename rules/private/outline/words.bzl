"""Words of an instruction: keyword, flags, JSON lists, here-document words.

Starlark reads files as Latin-1, so a UTF-8 character is several characters here.
Nothing in this file fails on malformed input: the parser, lib/dockerfile, reports
what is wrong with a Dockerfile.
"""

# Separators of a keyword and of the words of a list: tab, vertical tab, form feed,
# carriage return, blank.
_BLANKS = "\t\013\014\r "

_ASCII_SPACE = "\t\n\013\014\r "

# The other characters that Unicode calls white space, in UTF-8: U+0085,
# U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
_WIDE_SPACE = [
    "\302\205",
    "\302\240",
    "\341\232\200",
    "\342\200\200",
    "\342\200\201",
    "\342\200\202",
    "\342\200\203",
    "\342\200\204",
    "\342\200\205",
    "\342\200\206",
    "\342\200\207",
    "\342\200\210",
    "\342\200\211",
    "\342\200\212",
    "\342\200\250",
    "\342\200\251",
    "\342\200\257",
    "\342\201\237",
    "\343\200\200",
]

# The first bytes of wide space.
_WIDE_LEADS = ["\302", "\341", "\342", "\343"]

# What a flag has only if it is quoted, or before white space that is not ASCII.
_ODD_IN_FLAGS = ["\"", "'"] + _WIDE_LEADS

def lstrip_space(text):
    """Returns a text without leading Unicode white space.

    Args:
      text: any text.
    """
    text = text.lstrip(_ASCII_SPACE)
    if text[:1] < "\302":
        return text
    for _ in range(len(text)):
        before = text
        for space in _WIDE_SPACE:
            text = text.removeprefix(space)
        text = text.lstrip(_ASCII_SPACE)
        if text == before:
            break
    return text

def strip_space(text):
    """Returns a text without leading and trailing Unicode white space.

    Args:
      text: any text.
    """
    text = lstrip_space(text).rstrip(_ASCII_SPACE)
    if text[-1:] < "\200":
        return text
    for _ in range(len(text)):
        before = text
        for space in _WIDE_SPACE:
            text = text.removesuffix(space)
        text = text.rstrip(_ASCII_SPACE)
        if text == before:
            break
    return text

def split_blanks(text):
    """Returns the words of `text`, which are separated by ASCII blanks."""
    for blank in ["\t", "\013", "\014", "\r"]:
        text = text.replace(blank, " ")
    return [word for word in text.split(" ") if word]

def split_keyword(line):
    """Splits a logical line.

    Args:
      line: a joined logical line.

    Returns:
      (keyword in upper case, the text after it).
    """
    line = strip_space(line)
    keyword, _, rest = line.partition(" ")
    if not keyword.isalpha():
        keyword = (split_blanks(line) or [""])[0]
        rest = line[len(keyword):]
    return keyword.upper(), rest.lstrip(_BLANKS)

def split_flags(rest, escape):
    """Splits the leading `--name=value` words off an instruction's arguments.

    Args:
      rest: the text after the keyword.
      escape: the escape token.

    Returns:
      (flags, arguments): flags without quotes and escapes, in order.
    """
    if not [ch for ch in _ODD_IN_FLAGS + [escape] if ch in rest]:
        return _split_plain_flags(rest)
    flags = []
    word = []
    quote = ""
    in_word = False
    escaped = False
    for i, ch in enumerate(with_ascii_space(rest).elems()):
        if not in_word:
            if ch in _ASCII_SPACE:
                continue
            if rest[i:i + 2] != "--":
                return flags, strip_space(rest[i:])
            in_word = True
        if escaped:
            word.append(ch)
            escaped = False
        elif ch == escape:
            escaped = True
        elif quote:
            if ch == quote:
                quote = ""
            else:
                word.append(ch)
        elif ch in "'\"":
            quote = ch
        elif ch in _ASCII_SPACE:
            in_word = False
            flag = "".join(word)
            word = []
            if flag == "--":
                return flags, strip_space(rest[i:])
            flags.append(flag)
        else:
            word.append(ch)
    if word and word != ["-", "-"]:
        flags.append("".join(word))
    return flags, ""

def _split_plain_flags(rest):
    """As `split_flags`, of a text without quotes, escapes and wide white space."""
    flags = []
    for _ in range(len(rest)):
        rest = rest.lstrip(_ASCII_SPACE)
        if not rest.startswith("--"):
            break
        flag = rest
        for space in _ASCII_SPACE.elems():
            flag = flag.partition(space)[0]
        rest = rest[len(flag):]
        if flag == "--":
            break
        flags.append(flag)
    return flags, strip_space(rest)

def with_ascii_space(text):
    """Replaces each byte of non-ASCII white space with a blank.

    Args:
      text: any text.
    """
    if not [lead for lead in _WIDE_LEADS if lead in text]:
        return text
    for space in _WIDE_SPACE:
        text = text.replace(space, " " * len(space))
    return text

def json_list(arguments):
    """Parses arguments in JSON form.

    Args:
      arguments: the text after keyword and flags.

    Returns:
      The list of strings, None if the text is not in JSON form.
    """
    if not arguments.startswith("[") or not arguments.endswith("]"):
        return None
    value = json.decode(arguments, default = None)
    if type(value) != "list" or [v for v in value if type(v) != "string"]:
        return None
    return value

def csv_fields(record):
    """Splits a CSV record.

    Args:
      record: one record.

    Returns:
      Its fields, without quotes.
    """
    if '"' not in record:
        return record.split(",")
    fields = []
    field = []
    quoted = False
    for ch in record.elems():
        if ch == '"':
            quoted = not quoted
        elif ch == "," and not quoted:
            fields.append("".join(field))
            field = []
        else:
            field.append(ch)
    fields.append("".join(field))
    return fields
