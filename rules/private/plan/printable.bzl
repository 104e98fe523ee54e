"""Text of a Dockerfile in a form that is safe for a terminal."""

def printable(text):
    r"""Returns `text` with control characters escaped, so that a terminal does not interpret them.

    As `PrintableText` of lib/base: line feeds and tabs are kept, ESC becomes `\x1b`,
    U+009B becomes `\u009b`.

    Args:
      text: any text.
    """
    parts = []

    # Bazel sees each byte of UTF-8 as a character: those of U+0080 to U+009F
    # are "\302" and a second one.
    held = ""
    for ch in text.elems():
        if held and ch >= "\200" and ch <= "\237":
            parts.append("\\u%s" % _hex(ch, 4))
            held = ""
            continue
        parts.append(held)
        held = ""
        if ch == "\302":
            held = ch
        elif (ch < " " and ch not in "\n\t") or ch == "\177":
            parts.append("\\x%s" % _hex(ch, 2))
        else:
            parts.append(ch)
    parts.append(held)
    return "".join(parts)

def _hex(ch, digits):
    text = "%x" % _CONTROLS.index(ch)
    return "0" * (digits - len(text)) + text

# Each control character is at the index of its code.
_CONTROLS = (
    "\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017" +
    "\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037" +
    " " * 95 + "\177" +
    "\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217" +
    "\220\221\222\223\224\225\226\227\230\231\232\233\234\235\236\237"
)
