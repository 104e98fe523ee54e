"""A transition to each of a rule's `platforms`."""

def _for_each_platform_impl(_settings, attr):
    # Bazel orders a split by these keys, which must not depend on the names of the
    # platforms.
    return {
        platform_key(i): {"//command_line_option:platforms": [platform]}
        for i, platform in enumerate(attr.platforms)
    }

for_each_platform = transition(
    implementation = _for_each_platform_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

def platform_key(position):
    """Returns the key in `ctx.split_attr` of one of the platforms.

    Args:
      position: its index in the attribute `platforms`.
    """
    return ("000" + str(position))[-4:]
