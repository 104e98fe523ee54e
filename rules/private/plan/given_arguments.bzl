"""Build arguments that a rule is given.

Apart from the others: repository rules of a WORKSPACE load those, and there is no
bazel_skylib yet.
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

def given_arguments(ctx):
    """Returns the build arguments of a rule with `build_args` and `build_arg_flags`.

    Args:
      ctx: the rule's context.

    Returns:
      A dict.
    """
    arguments = dict(ctx.attr.build_args)
    for target, name in ctx.attr.build_arg_flags.items():
        arguments[name] = str(target[BuildSettingInfo].value)
    return arguments
