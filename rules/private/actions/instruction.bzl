"""Names and texts of an instruction's artifacts."""

load("//rules/private/plan:printable.bzl", "printable")

def declare_instruction(ctx, instruction, names):
    """Names the artifacts of an instruction and writes its text.

    The name comes from the text, not from its position, so that inserting a
    LABEL renames, and thus re-runs, nothing below it.

    Args:
      ctx: the rule's context.
      instruction: from an outline.
      names: names in use in this stage.

    Returns:
      struct(name, text, message).
    """
    text = instruction["text"]
    name = "%s.%x" % (instruction["keyword"].lower(), hash(text) & 0xffffffff)
    if name in names:
        name += "-%d" % len([n for n in names if n.partition("-")[0] == name])
    file = ctx.actions.declare_file("%s/%s.instruction" % (ctx.label.name, name))
    ctx.actions.write(file, text)
    return struct(name = name, text = file, message = _message(ctx, instruction))

def declare_artifact(ctx, instruction, extension):
    """Declares an output of an instruction.

    Args:
      ctx: the rule's context.
      instruction: from `declare_instruction`.
      extension: such as "layer.tar".
    """
    return ctx.actions.declare_file("%s/%s.%s" % (ctx.label.name, instruction.name, extension))

def _message(ctx, instruction):
    line = instruction["text"].removeprefix("# escape=`\n").partition("\n")[0]
    if len(line) > 80:
        line = line[:79] + "…"
    return printable("%s:%d: %s" % (ctx.attr.dockerfile, instruction["line"], line))
