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

def path_below(file):
    """Returns the path of a file below a directory of the runfiles, without a leading `..`.

    Args:
      file: File.
    """
    return file.short_path.replace("../", "external/", 1) if file.short_path.startswith("../") else file.short_path

def image_directory(ctx, position):
    """Returns the directory in the runfiles for the files of one image of an index, with a `/`.

    The files of two platforms have the same path in the runfiles otherwise.

    Args:
      ctx: the rule's context.
      position: of the image in the index.
    """
    directory = "%s.images/%d/" % (ctx.label.name, position)
    return ctx.label.package + "/" + directory if ctx.label.package else directory
