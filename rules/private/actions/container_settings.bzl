"""Build settings of containers: what of the machine they may use."""

load(":run_settings.bzl", "RUN_SETTINGS", "run_settings", "snapshot_flags")

# Attributes of a rule that calls `container_settings`.
CONTAINER_SETTINGS = RUN_SETTINGS | {
    "_emulators": attr.label(
        default = "//rules/settings:emulators",
        allow_files = True,
    ),
}

def container_settings(ctx, *, tools, image):
    """Reads the settings of a rule with `CONTAINER_SETTINGS`.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo of the container's image.

    Returns:
      struct(flags, files): flags of a tool that makes containers, and the runfiles that they name.
    """
    emulators = ctx.files._emulators if image.platform != tools.build_platform else []
    return struct(
        flags = snapshot_flags(run_settings(ctx)) +
                ["--emulator=" + file.short_path for file in emulators],
        files = emulators,
    )
