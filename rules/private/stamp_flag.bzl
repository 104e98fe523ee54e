"""Whether the flag --stamp is set."""

StampFlagInfo = provider(
    doc = "The flag --stamp.",
    fields = {"value": "bool: whether the flag is set."},
)

def _stamp_flag_impl(ctx):
    return [StampFlagInfo(value = ctx.attr.value)]

stamp_flag = rule(
    implementation = _stamp_flag_impl,
    doc = "Provides the flag --stamp to rules. Only a select() can read it.",
    attrs = {
        "value": attr.bool(
            doc = "Whether the flag is set.",
            mandatory = True,
        ),
    },
)

# Attributes of a rule that stamps.
STAMP = {
    "stamp": attr.int(
        doc = "Whether to replace {KEY} with the value of KEY in the workspace status: 1 always, 0 never, -1 with the flag --stamp.",
        default = -1,
        values = [-1, 0, 1],
    ),
    "_stamp_flag": attr.label(
        default = "//rules/private:stamp_flag",
        providers = [StampFlagInfo],
    ),
}

def status_files(ctx):
    """Returns the files of the workspace status if the rule stamps, else an empty list.

    Args:
      ctx: the context of a rule with the attributes STAMP.

    Returns:
      list of File.
    """
    if ctx.attr.stamp == 1 or ctx.attr.stamp == -1 and ctx.attr._stamp_flag[StampFlagInfo].value:
        return [ctx.info_file, ctx.version_file]
    return []
