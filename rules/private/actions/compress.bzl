"""The action that compresses a layer."""

load(":run_tool.bzl", "run_tool_action")

def compress_action(ctx, *, tools, name, tar, compression, message):
    """Compresses a layer. No instruction depends on the result.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      name: name of the instruction that created the layer.
      tar: File, the layer.
      compression: struct(codec, level).
      message: progress message.

    Returns:
      struct(blob, descriptor).
    """
    blob = ctx.actions.declare_file("%s/%s.layer.blob" % (ctx.label.name, name))
    descriptor = ctx.actions.declare_file("%s/%s.descriptor.json" % (ctx.label.name, name))
    args = ctx.actions.args()
    args.add(tar, format = "--layer=%s")
    args.add(compression.codec, format = "--codec=%s")
    args.add(str(compression.level), format = "--level=%s")
    args.add(blob, format = "--blob_out=%s")
    args.add(descriptor, format = "--descriptor_out=%s")
    run_tool_action(
        ctx,
        tool = tools.layer_compress,
        args = args,
        inputs = [tar],
        outputs = [blob, descriptor],
        mnemonic = "DockerfileCompress",
        message = message,
    )
    return struct(blob = blob, descriptor = descriptor)
