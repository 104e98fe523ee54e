"""The flag for SOURCE_DATE_EPOCH."""

def add_epoch(args, epoch):
    """Adds the flag with the time of modified files and created images.

    Args:
      args: Args to add to.
      epoch: int, seconds since the Unix epoch; None if none is set.
    """
    if epoch != None:
        args.add(str(epoch), format = "--epoch=%s")
