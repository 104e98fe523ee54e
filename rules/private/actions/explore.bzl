"""The action that writes a page about an image, and the flags that it takes."""

load(":run_tool.bzl", "run_tool_action")

def explore_action(ctx, *, tools, image, name, label = None, inventories = [], other = None):
    """Writes an HTML page about an image.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo.
      name: path of the page.
      label: Label, the name of the image for people; by default that of the rule.
      inventories: list of File, at most one: the packages of the image.
      other: struct(image, label, inventories) to compare with; None for none.

    Returns:
      A File.
    """
    page = ctx.actions.declare_file(name)
    args = ctx.actions.args()
    inputs = add_explored(args, image = image, label = label or ctx.label, inventories = inventories)
    if other:
        inputs = inputs + add_explored(args, image = other.image, label = other.label, inventories = other.inventories, prefix = "other_")
    args.add(page, format = "--html_out=%s")
    run_tool_action(
        ctx,
        tool = tools.image_explore,
        args = args,
        inputs = inputs,
        outputs = [page],
        mnemonic = "DockerfileExplore",
        message = "Writing a page about %{label}",
    )
    return page

def add_explored(args, *, image, label, inventories, prefix = "", directory = "", map_each = None):
    """Adds the flags that name the files of an image to look into.

    Only what describes the layers is needed, not their bytes. An inventory is made
    from the bytes, though.

    Args:
      args: Args to add to.
      image: ImageInfo.
      label: Label, the name of the image for people.
      inventories: list of File, at most one: the packages of the image.
      prefix: of the flags.
      directory: before each path, with a `/`.
      map_each: function from a File to its path.

    Returns:
      list of File, those that are named.
    """
    indexes = [layer.index for layer in image.layers]
    descriptors = [layer.descriptor for layer in image.layers]
    plans = [] if prefix else getattr(image, "plans", [])
    args.add("//%s:%s" % (label.package, label.name), format = "--%sname=%%s" % prefix)
    for flag, files in [("config", [image.config]), ("index", indexes), ("descriptor", descriptors), ("plan", plans), ("inventory", inventories)]:
        args.add_all(files, format_each = "--%s%s=%s%%s" % (prefix, flag, directory.replace("%", "%%")), map_each = map_each)
    return [image.config] + indexes + descriptors + plans + inventories
