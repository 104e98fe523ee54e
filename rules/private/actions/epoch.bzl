"""SOURCE_DATE_EPOCH in the command lines of tools."""

def add_epoch(args, epoch):
    """Adds the flag that says when files were modified and images created.

    Args:
      args: Args to add to.
      epoch: int, seconds since the Unix epoch; None if none is set.
    """
    if epoch != None:
        args.add(str(epoch), format = "--epoch=%s")
