"""Arguments of any text in the param file of a tool."""

def param_line(argument):
    r"""Returns an argument as a line of a param file.

    Most arguments are unchanged. Bazel would split an argument at a line feed or
    carriage return; it is escaped, and begins with a backslash: `ArgumentOfLine` of
    lib/base/param_file.h.

    Args:
      argument: string that does not begin with a backslash or "@".
    """
    if "\n" not in argument and "\r" not in argument:
        return argument
    return "\\" + argument.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")

def add_values(args, flag, values):
    """Adds a flag per string.

    Args:
      args: Args to add to.
      flag: such as "--onbuild".
      values: list of string.
    """
    args.add_all([param_line(flag + "=" + value) for value in values])

def add_file(args, flag, key, file):
    """Adds a flag for a file with a key, `--secret=id=FILE`, or for each file in a directory.

    Args:
      args: Args to add to.
      flag: such as "--secret".
      key: string.
      file: File.
    """
    args.add_all([file], format_each = param_line(flag + "=" + key + "=").replace("%", "%%") + "%s")

def add_pairs(args, flag, pairs):
    """Adds a flag for each member of a dict, sorted: `--label=key=value`.

    Args:
      args: Args to add to.
      flag: such as "--label".
      pairs: dict of strings.
    """
    add_values(args, flag, [key + "=" + value for key, value in sorted(pairs.items())])
