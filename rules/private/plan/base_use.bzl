"""Whether an instruction depends on the layers below it."""

load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/outline:words.bzl", "split_flags", "split_keyword")

def is_linked(instruction):
    """Returns whether a COPY or ADD has an effective `--link`, so that its layer does not depend on those below.

    With `--chmod` the frontend ignores `--link`.

    Args:
      instruction: from an outline.
    """
    if instruction["keyword"] not in ["ADD", "COPY"] or "--" not in instruction["text"]:
        return False
    text = parse_instruction_text(instruction["text"])
    flags, _ = split_flags(split_keyword(text.line)[1], text.escape)
    if [flag for flag in flags if flag.startswith("--chmod=")]:
        return False
    return [flag for flag in flags if flag == "--link" or flag.lower() == "--link=true"] != []

def makes_directory(instruction):
    """Returns whether an instruction is a WORKDIR other than "/". The frontend compares the text: "/." has a layer.

    Args:
      instruction: from an outline.
    """
    if instruction["keyword"] != "WORKDIR":
        return False
    line = parse_instruction_text(instruction["text"]).line
    return split_keyword(line)[1].strip("\"'") != "/"

def reads_layers(instruction):
    """Returns whether an instruction needs the layers below it or their indexes.

    Args:
      instruction: from an outline.
    """
    if instruction["keyword"] in ["ADD", "COPY"]:
        return not is_linked(instruction)
    return instruction["keyword"] == "RUN" or makes_directory(instruction)
