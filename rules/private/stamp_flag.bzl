"""Whether a build has the flag --stamp."""

StampFlagInfo = provider(
    doc = "The flag --stamp.",
    fields = {"value": "bool: whether the build has it."},
)

def _stamp_flag_impl(ctx):
    return [StampFlagInfo(value = ctx.attr.value)]

stamp_flag = rule(
    implementation = _stamp_flag_impl,
    doc = "Tells rules of the flag --stamp, which only a select() can see.",
    attrs = {
        "value": attr.bool(
            doc = "Whether the build has the flag.",
            mandatory = True,
        ),
    },
)

# Attributes of a rule that stamps.
STAMP = {
    "stamp": attr.int(
        doc = "Whether {KEY} becomes the value that the workspace status has for KEY: 1 always, 0 never, -1 with the flag --stamp.",
        default = -1,
        values = [-1, 0, 1],
    ),
    "_stamp_flag": attr.label(
        default = "//rules/private:stamp_flag",
        providers = [StampFlagInfo],
    ),
}

def status_files(ctx):
    """Returns the files of the workspace status if the rule is to stamp, else none.

    Args:
      ctx: the context of a rule with the attributes STAMP.

    Returns:
      list of File.
    """
    if ctx.attr.stamp == 1 or ctx.attr.stamp == -1 and ctx.attr._stamp_flag[StampFlagInfo].value:
        return [ctx.info_file, ctx.version_file]
    return []
