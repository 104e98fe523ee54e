"""The text of an instruction: docs/design/0001_artifacts.md, "Instruction text"."""

_BACKTICK = "# escape=`\n"

def escape_directive(escape):
    """Returns the directive with which the text of an instruction begins, or "".

    Args:
      escape: the escape token of the Dockerfile.
    """
    return _BACKTICK if escape == "`" else ""

def parse_instruction_text(text):
    """Splits the text of an instruction.

    Args:
      text: from an outline.

    Returns:
      struct(escape, text, line): the escape token, the text without its directive
      and last newline, and the logical line alone, without here-documents.
    """
    escape = "`" if text.startswith(_BACKTICK) else "\\"
    text = text.removeprefix(_BACKTICK).removesuffix("\n")
    return struct(escape = escape, text = text, line = text.partition("\n")[0])
