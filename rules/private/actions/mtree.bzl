"""The action that lists the files of an image."""

load(":run_tool.bzl", "run_tool_action")

def mtree_action(ctx, *, tools, image):
    """Lists the files of an image, all layers applied.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo.

    Returns:
      The text, a File in the format of mtree(5).
    """
    mtree = ctx.actions.declare_file(ctx.label.name + "/root.mtree")
    indexes = [layer.index for layer in image.layers]
    args = ctx.actions.args()
    args.add_all(indexes, format_each = "--index=%s")
    args.add(mtree, format = "--mtree_out=%s")
    run_tool_action(
        ctx,
        tool = tools.mtree_write,
        args = args,
        inputs = indexes,
        outputs = [mtree],
        mnemonic = "DockerfileMtree",
        message = "Listing the files of %{label}",
    )
    return mtree
