"""Build settings of RUN: what of the machine it may use."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

# Attributes of a rule that calls `run_settings`.
RUN_SETTINGS = {
    "_run_clock": attr.label(default = "//rules/settings:run_clock"),
    "_snapshot_cache": attr.label(default = "//rules/settings:snapshot_cache"),
    "_snapshot_cache_size": attr.label(default = "//rules/settings:snapshot_cache_size"),
}

def run_settings(ctx):
    """Reads the settings of a rule with `RUN_SETTINGS`.

    Args:
      ctx: the rule's context.

    Returns:
      struct(clock, snapshot_cache, snapshot_cache_size).
    """
    return struct(**{
        name.removeprefix("_").removeprefix("run_"): getattr(ctx.attr, name)[BuildSettingInfo].value
        for name in RUN_SETTINGS
    })

def run_setting_flags(settings):
    """Lists the flags of `layer_run` that say what differs from the default.

    Args:
      settings: from `run_settings`.

    Returns:
      A list of strings.
    """
    flags = []
    if settings.clock != "auto":
        flags.append("--clock=" + settings.clock)
    return flags + snapshot_flags(settings)

def snapshot_flags(settings):
    """Lists the flags about snapshots, which tools that make containers have, too.

    Args:
      settings: from `run_settings`.

    Returns:
      A list of strings.
    """
    if not settings.snapshot_cache:
        return []
    return [
        "--snapshot_cache=" + settings.snapshot_cache,
        "--snapshot_cache_size=%d" % settings.snapshot_cache_size,
    ]
