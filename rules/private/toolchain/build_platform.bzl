"""The `build_platform` rule: the target platform of its configuration."""

BuildPlatformInfo = provider(
    doc = "The platform of a configuration.",
    fields = {"platform": "string: such as `linux/amd64`."},
)

build_platform = rule(
    implementation = lambda ctx: [BuildPlatformInfo(platform = ctx.attr.platform)],
    doc = "Provides the target platform of its configuration. A toolchain depends on it in the execution configuration, to get the platform on which the tools run.",
    attrs = {
        "platform": attr.string(
            doc = "The platform, as a select().",
            mandatory = True,
        ),
    },
)
