"""The global scope of a Dockerfile in a rule, where all values are known.

Separate from arguments.bzl, which repository rules of a WORKSPACE load before
bazel_skylib is available.
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load(":arguments.bzl", "global_arguments", "platform_arguments")

# Attributes of a rule that calls `global_scope`.
GLOBAL_SCOPE = {
    "build_args": attr.string_dict(
        doc = "Build arguments.",
    ),
    "build_arg_flags": attr.label_keyed_string_dict(
        doc = "Build settings, each with the name of the build argument that it sets.",
        providers = [BuildSettingInfo],
    ),
    "escape": attr.string(
        doc = "The escape token of the Dockerfile.",
        default = "\\",
    ),
    "global_args": attr.string(
        doc = "The ARGs before the first FROM, as JSON of the outline.",
        default = "[]",
    ),
    "target_stage": attr.string(
        doc = "The value of the automatic argument TARGETSTAGE.",
        default = "default",
    ),
}

def build_arguments(ctx):
    """Returns the build arguments of a rule with `GLOBAL_SCOPE`, as a dict.

    Args:
      ctx: the rule's context.
    """
    arguments = dict(ctx.attr.build_args)
    for target, name in ctx.attr.build_arg_flags.items():
        arguments[name] = str(target[BuildSettingInfo].value)
    return arguments

def global_scope(ctx, *, target_platform, build_platform):
    """Returns the arguments of the global scope that have a value, as a dict.

    Args:
      ctx: context of a rule with `GLOBAL_SCOPE`.
      target_platform: platform of the image, from `normalize_platform`.
      build_platform: platform on which the actions run.
    """
    return global_arguments(
        {"global_args": json.decode(ctx.attr.global_args), "escape": ctx.attr.escape},
        build_arguments(ctx),
        platform_arguments("TARGET", target_platform) |
        platform_arguments("BUILD", build_platform) |
        {"TARGETSTAGE": ctx.attr.target_stage},
    ).values
