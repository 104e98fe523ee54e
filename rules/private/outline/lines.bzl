"""Logical lines of a Dockerfile: directives, continuations, here-documents."""

load(":heredoc.bzl", "heredocs_of")
load(":words.bzl", "lstrip_space")

_BOM = "\357\273\277"
_DIRECTIVES = ["check", "escape", "syntax"]

def logical_lines(text, escape = "\\"):
    """Parses the logical lines of a Dockerfile.

    Linear in the size of `text`; never fails.

    Args:
      text: the file.
      escape: the escape token, unless a directive sets another.

    Returns:
      struct(escape, lines): each line is a struct(line, text, heredocs), the number
      of its first physical line, the joined text, and a list of
      struct(name, chomp, body).
    """
    state = {
        "body": [],  # of the here-document that is being read
        "directives": True,  # whether a directive may follow
        "escape": escape,
        "first": 0,  # number of the first physical line
        "heredocs": [],  # here-documents of the line that were read
        "lines": [],
        "parts": [],  # of the line that is being joined
        "pending": [],  # here-documents that are still to be read
    }
    for number, raw in enumerate(text.split("\n"), 1):
        if state["pending"]:
            _take_heredoc_line(state, raw)
            continue
        line = raw.removeprefix(_BOM) if number == 1 else raw
        line = line.rstrip("\r")
        visible = lstrip_space(line)
        if visible.startswith("#") or (state["parts"] and not visible):
            _take_comment(state, visible)
            continue
        state["directives"] = False
        if visible:
            _take_line(state, number, line, visible)
    joined = lstrip_space("".join(state["parts"]))
    if joined:
        # The file ends in a continuation or in a here-document.
        state["lines"].append(_line(state["first"], [joined], state["heredocs"] if state["pending"] else []))
    return struct(escape = state["escape"], lines = state["lines"])

def _take_heredoc_line(state, raw):
    """Takes a line of the first pending here-document."""
    announced = state["pending"][0]
    if not _terminates(raw, announced):
        state["body"].append(raw + "\n")
        return
    state["heredocs"].append(_heredoc(announced, state["body"]))
    state["pending"] = state["pending"][1:]
    state["body"] = []
    if not state["pending"]:
        state["lines"].append(_line(state["first"], state["parts"], state["heredocs"]))
        state["parts"] = []

def _take_comment(state, visible):
    """Takes a comment, which may be a directive, or a blank line in a continuation."""
    if not state["directives"]:
        return
    key, value = _directive(visible)
    state["directives"] = key != None
    if key == "escape" and value in ["\\", "`"]:
        state["escape"] = value

def _take_line(state, number, line, visible):
    """Takes a line, and ends the logical line unless it is continued or has here-documents."""
    if not state["parts"]:
        state["first"] = number
        line = visible
    line, continues = _trim_continuation(line, state["escape"])
    state["parts"].append(line)
    if continues:
        return
    state["heredocs"] = []
    state["body"] = []
    joined = lstrip_space("".join(state["parts"]))
    state["parts"] = [joined] if joined else []
    state["pending"] = heredocs_of(joined, state["escape"])
    if joined and not state["pending"]:
        state["lines"].append(_line(state["first"], state["parts"], []))
        state["parts"] = []

def _line(first, parts, heredocs):
    return struct(line = first, text = "".join(parts), heredocs = heredocs)

def _heredoc(announced, body):
    return struct(
        name = announced.name,
        chomp = announced.chomp,
        body = "".join(body),
    )

def _terminates(raw, heredoc):
    line = raw.rstrip("\r")
    if heredoc.chomp:
        line = line.lstrip("\t")
    return line == heredoc.name

def is_continued(line, escape):
    """Returns whether a line ends in an escape token that continues it.

    Args:
      line: a line without its end.
      escape: the escape token.
    """
    return _trim_continuation(line, escape)[1]

def _trim_continuation(line, escape):
    """Returns (the line without its escape token, whether it had one)."""
    trimmed = line.rstrip(" \t")
    if not trimmed.endswith(escape) or trimmed.endswith(escape + escape):
        return line, False
    return trimmed[:-1], True

def _directive(comment):
    """Returns (key, value) of a directive `# key = value`, else (None, None)."""
    key, equals, value = comment[1:].partition("=")
    key = key.strip(" \t\n\014\r").lower()
    value = value.strip(" \t\n\014\r")
    if not equals or not value or key not in _DIRECTIVES:
        return None, None
    return key, value
