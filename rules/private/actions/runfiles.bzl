"""Paths of files in the runfiles."""

def runfiles_path(ctx, file):
    """Returns the path of a file below the root of the runfiles (its rlocation path).

    Args:
      ctx: the rule's context.
      file: File.

    Returns:
      A string such as "_main/app/image.tar".
    """
    if file.short_path.startswith("../"):
        return file.short_path[len("../"):]
    return ctx.workspace_name + "/" + file.short_path
