"""Which stages have their own SBOM: the argument BUILDKIT_SBOM_SCAN_STAGE."""

load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load(":expand.bzl", "expand_word")

_NAME = "BUILDKIT_SBOM_SCAN_STAGE"

# Go's strconv.ParseBool.
_TRUE = ["1", "t", "T", "TRUE", "true", "True"]

def scans_stage(instructions, *, stage_name, global_args, build_args, escape):
    """Returns whether BUILDKIT_SBOM_SCAN_STAGE asks for an SBOM of a stage.

    As in BuildKit, it counts if an ARG declares it, in the stage or before the first
    FROM; its value is a boolean or a list of stages, separated by commas.

    Args:
      instructions: of the outline of the stage.
      stage_name: name of the stage.
      global_args: dict of the global arguments that have a value.
      build_args: dict of build arguments.
      escape: the escape token of the Dockerfile.
    """
    value = global_args.get(_NAME, "")
    for instruction in instructions:
        if instruction["keyword"] != "ARG":
            continue
        for word in parse_instruction_text(instruction["text"]).line.split(" ")[1:]:
            name, equals, default = word.partition("=")
            if name != _NAME:
                continue
            if _NAME in build_args:
                value = build_args[_NAME]
            elif equals:
                value = expand_word(default, global_args | build_args, escape).text
    return value in _TRUE or stage_name in [name.strip() for name in value.split(",")]
