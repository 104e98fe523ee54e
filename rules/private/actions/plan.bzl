"""The instructions of a stage as a file, for what shows an image to people."""

load("//rules/private/plan:base_use.bzl", "makes_directory")

def plan_file(ctx, stage, instructions):
    """Writes the instructions of a stage with their lines in the Dockerfile.

    Args:
      ctx: the rule's context.
      stage: the stage, of an outline.
      instructions: list of instructions of an outline: the triggers of the base,
        then those of the stage.

    Returns:
      A File, `*/plan.json`: docs/design/0001_artifacts.md specifies it.
    """
    plan = ctx.actions.declare_file(ctx.label.name + "/plan.json")
    ctx.actions.write(plan, json.encode_indent({
        "dockerfile": ctx.attr.dockerfile,
        "stage": ctx.attr.stage_name,
        "instructions": [{"line": stage["line"], "text": stage["text"], "layer": False, "history": False}] + [
            {
                "line": instruction["line"],
                "text": instruction["text"],
                "layer": instruction["keyword"] in ["ADD", "COPY", "RUN"] or makes_directory(instruction),
                "history": instruction["keyword"] != "ONBUILD",
            }
            for instruction in instructions
        ],
    }, indent = "  ") + "\n")
    return plan
