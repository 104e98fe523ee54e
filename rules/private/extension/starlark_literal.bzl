"""Values as Starlark source."""

_ESCAPES = {
    "\\u00%d%s" % (code // 16, "0123456789abcdef"[code % 16]): "\\%d%d%d" % (code // 64, code // 8 % 8, code % 8)
    for code in range(32)
}

def starlark_literal(value):
    """Returns a value as Starlark source, which differs from JSON in one escape only.

    Args:
      value: strings, integers, lists and dicts.

    Returns:
      The source, indented.
    """
    text = json.encode_indent(value, indent = "    ")
    if "\\u00" not in text:
        return text
    parts = text.split("\\\\")
    for json_escape, escape in _ESCAPES.items():
        parts = [part.replace(json_escape, escape) for part in parts]
    return "\\\\".join(parts)
