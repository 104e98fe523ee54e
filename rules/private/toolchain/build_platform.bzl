"""The `build_platform` rule: the platform that its configuration is for."""

BuildPlatformInfo = provider(
    doc = "The platform on which tools run.",
    fields = {"platform": "string: such as `linux/amd64`."},
)

build_platform = rule(
    implementation = lambda ctx: [BuildPlatformInfo(platform = ctx.attr.platform)],
    doc = "Names the platform of its configuration; a toolchain reads it in the execution configuration.",
    attrs = {
        "platform": attr.string(
            doc = "The platform, as a select().",
            mandatory = True,
        ),
    },
)
