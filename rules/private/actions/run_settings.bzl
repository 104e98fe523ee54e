"""Build settings of RUN: the host resources that it may use."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

# Attributes of a rule that calls `run_settings`.
RUN_SETTINGS = {
    "_cache_mounts": attr.label(default = "//rules/settings:cache_mounts"),
    "_layer_store": attr.label(default = "//rules/settings:layer_store"),
    "_other_conditions": attr.label(default = "//rules/settings:other_conditions"),
    "_run_clock": attr.label(default = "//rules/settings:run_clock"),
    "_run_memory": attr.label(default = "//rules/settings:run_memory"),
    "_run_processors": attr.label(default = "//rules/settings:run_processors"),
    "_run_source_date_epoch": attr.label(default = "//rules/settings:run_source_date_epoch"),
    "_scrub": attr.label(default = "//rules/settings:scrub"),
    "_secret_command": attr.label(default = "//rules/settings:secret_command"),
    "_secret_directory": attr.label(default = "//rules/settings:secret_directory"),
    "_ssh": attr.label(default = "//rules/settings:ssh"),
    "_weak_isolation": attr.label(default = "//rules/settings:weak_isolation"),
}

# The default of layer_run. It is not passed, so that it is not part of the action's
# key.
_DEFAULT_PROCESSORS = 4

def run_settings(ctx):
    """Reads the settings of a rule with `RUN_SETTINGS`.

    Args:
      ctx: the rule's context.

    Returns:
      struct(cache_mounts, clock, layer_store, memory, other_conditions, processors, scrub,
      secret_command, secret_directory, source_date_epoch, ssh, weak_isolation).
    """
    return struct(**{
        name.removeprefix("_").removeprefix("run_"): getattr(ctx.attr, name)[BuildSettingInfo].value
        for name in RUN_SETTINGS
    })

def run_setting_flags(settings, types):
    """Lists the flags of `layer_run` for the settings that differ from the default.

    Args:
      settings: from `run_settings`.
      types: list of the types of the RUN's mounts. Settings that do not apply to
        them are not part of the action's key.

    Returns:
      struct(flags, requirements): a list of strings; `no-remote` if the RUN uses a
      host resource that is not an input, `requires-network` if it runs a command
      of the host that may use the network.
    """
    flags = []
    if settings.clock != "auto":
        flags.append("--clock=" + settings.clock)
    if settings.memory:
        flags.append("--memory=%d" % settings.memory)
    if settings.processors != _DEFAULT_PROCESSORS:
        flags.append("--processors=%d" % settings.processors)
    if not settings.source_date_epoch:
        flags.append("--notell_epoch")
    if settings.other_conditions:
        flags.append("--other_conditions")
    if settings.weak_isolation:
        flags.append("--weak_isolation")
    flags += ["--scrub=" + pattern for pattern in settings.scrub]
    if settings.layer_store >= 0:
        flags.append("--layer_store=%d" % settings.layer_store)
    host_resources = []
    if settings.cache_mounts and "cache" in types:
        host_resources.append("--cache_mounts=" + settings.cache_mounts)
    if settings.secret_directory and "secret" in types:
        host_resources.append("--secret_directory=" + settings.secret_directory)
    requirements = {}
    if settings.secret_command and "secret" in types:
        host_resources.append("--secret_command=" + settings.secret_command)

        # The network of the command. That of the RUN is separate.
        requirements["requires-network"] = ""
    if "ssh" in types:
        host_resources += [
            "--ssh=" + (socket if "=" in socket else "default=" + socket)
            for socket in settings.ssh
        ]
    if host_resources:
        requirements["no-remote"] = ""
    return struct(flags = flags + host_resources, requirements = requirements)
