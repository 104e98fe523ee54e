"""An instruction as the actions see it: its name, its text as a file, its outline."""

load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/plan:printable.bzl", "printable")

# Longest part of an instruction in a progress message.
_MAX_MESSAGE = 80

def declare_instruction(ctx, outline, names):
    """Names the artifacts of an instruction and writes its text.

    The name comes from the text, not from its position, so that inserting a
    LABEL renames, and thus re-runs, nothing below it.

    Args:
      ctx: the rule's context.
      outline: the instruction, of an outline.
      names: names in use in this stage.

    Returns:
      struct(name, file, message, outline): the prefix of its artifacts, a File
      with its text, the progress message, and `outline` itself.
    """
    text = outline["text"]
    name = "%s.%x" % (outline["keyword"].lower(), hash(text) & 0xffffffff)
    if name in names:
        name += "-%d" % len([n for n in names if n.partition("-")[0] == name])
    file = ctx.actions.declare_file("%s/%s.instruction" % (ctx.label.name, name))
    ctx.actions.write(file, text)
    return struct(name = name, file = file, message = _message(ctx, outline), outline = outline)

def declare_artifact(ctx, instruction, extension):
    """Declares an output of an instruction.

    Args:
      ctx: the rule's context.
      instruction: from `declare_instruction`.
      extension: such as "layer.tar".
    """
    return ctx.actions.declare_file("%s/%s.%s" % (ctx.label.name, instruction.name, extension))

def declare_layer(ctx, instruction):
    """Declares the outputs of an instruction that creates a layer.

    Args:
      ctx: the rule's context.
      instruction: from `declare_instruction`.

    Returns:
      struct(tar, index, step) of File.
    """
    return struct(
        tar = declare_artifact(ctx, instruction, "layer.tar"),
        index = declare_artifact(ctx, instruction, "layer.index"),
        step = declare_artifact(ctx, instruction, "layer.step.json"),
    )

def add_layer(args, layer):
    """Adds the flags that name the outputs of an instruction.

    Args:
      args: Args to add to.
      layer: from `declare_layer`.
    """
    args.add(layer.tar, format = "--layer_out=%s")
    args.add(layer.index, format = "--index_out=%s")
    args.add(layer.step, format = "--step_out=%s")

def _message(ctx, outline):
    line = parse_instruction_text(outline["text"]).line
    if len(line) > _MAX_MESSAGE:
        line = line[:_MAX_MESSAGE - 1] + "…"
    return printable("%s:%d: %s" % (ctx.attr.dockerfile, outline["line"], line))
