"""Build settings of containers: the host resources that they may use."""

load(":emulators.bzl", "EMULATORS", "emulators_for")

# Attributes of a rule that calls `container_settings`.
CONTAINER_SETTINGS = EMULATORS | {
    "platform": attr.string(
        doc = "The platform of the image, if it is known before the build: emulators are looked for only if it is not that of the machine.",
    ),
}

def container_settings(ctx, *, tools, image):
    """Reads the settings of a rule with `CONTAINER_SETTINGS`.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo of the container's image.

    Returns:
      struct(flags, files): flags of a tool that runs containers, and the runfiles that they name.
    """
    emulators = emulators_for(ctx, tools = tools, platform = image.platform)
    return struct(
        flags = ["--emulator=" + file.short_path for file in emulators],
        files = emulators,
    )
