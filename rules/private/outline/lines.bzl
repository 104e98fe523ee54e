"""Logical lines of a Dockerfile: directives, continuations, here-documents."""

load(":heredoc.bzl", "heredocs_of")
load(":words.bzl", "lstrip_space")

_BOM = "\357\273\277"
_DIRECTIVES = ["check", "escape", "syntax"]

def logical_lines(text, escape = "\\"):
    """Reads the logical lines of a Dockerfile.

    Linear in the size of `text`; never fails.

    Args:
      text: the file.
      escape: the escape token unless a directive says otherwise.

    Returns:
      struct(escape, lines), each line a struct(line, text, heredocs): its first
      physical line, the joined text, and the here-documents as list of
      struct(name, chomp, body).
    """
    lines = []
    directives = True
    first = 0
    parts = []  # of the line that is being joined
    pending = []  # here-documents that are still to be read
    heredocs = []
    body = []
    for number, raw in enumerate(text.split("\n"), 1):
        if pending:
            if _terminates(raw, pending[0]):
                heredocs.append(_heredoc(pending[0], body))
                pending = pending[1:]
                body = []
            else:
                body.append(raw + "\n")
            if not pending:
                lines.append(_line(first, parts, heredocs))
                parts = []
            continue

        line = raw.removeprefix(_BOM) if number == 1 else raw
        line = line.rstrip("\r")
        visible = lstrip_space(line)
        if visible.startswith("#") or (parts and not visible):
            if directives:
                key, value = _directive(visible)
                directives = key != None
                if key == "escape" and value in ["\\", "`"]:
                    escape = value
            continue
        directives = False
        if not visible:
            continue
        if not parts:
            first = number
            line = visible
        line, continues = _trim_continuation(line, escape)
        parts.append(line)
        if continues:
            continue
        heredocs = []
        body = []
        joined = lstrip_space("".join(parts))
        parts = [joined] if joined else []
        pending = heredocs_of(joined, escape)
        if joined and not pending:
            lines.append(_line(first, parts, []))
            parts = []
    joined = lstrip_space("".join(parts))
    if joined:
        # The file ends in a continuation or in a here-document.
        lines.append(_line(first, [joined], heredocs if pending else []))
    return struct(escape = escape, lines = lines)

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
    """Returns (key, value) of `# key = value`, (None, None) if it is none."""
    key, equals, value = comment[1:].partition("=")
    key = key.strip(" \t\n\014\r").lower()
    value = value.strip(" \t\n\014\r")
    if not equals or not value or key not in _DIRECTIVES:
        return None, None
    return key, value
