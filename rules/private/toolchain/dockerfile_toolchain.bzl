"""The `dockerfile_toolchain` rule: the tools that the actions run."""

load("//rules/private/providers:dockerfile_tools_info.bzl", "DockerfileToolsInfo", "TOOLS")
load(":build_platform.bzl", "BuildPlatformInfo")

def _dockerfile_toolchain_impl(ctx):
    tools = {
        tool: getattr(ctx.attr, tool)[DefaultInfo].files_to_run
        for tool in TOOLS
    }
    return [platform_common.ToolchainInfo(
        tools = DockerfileToolsInfo(
            build_platform = ctx.attr._build_platform[BuildPlatformInfo].platform,
            runfiles = {
                tool: getattr(ctx.attr, tool)[DefaultInfo].default_runfiles
                for tool in TOOLS
            },
            **tools
        ),
    )]

def _dockerfile_toolchain_rule(doc, cfg):
    return rule(
        implementation = _dockerfile_toolchain_impl,
        doc = doc,
        attrs = {
            tool: attr.label(
                doc = "The `%s` tool; by default it is built from source." % tool,
                default = "//rules/toolchain:" + tool,
                cfg = cfg,
                executable = True,
                allow_files = True,
            )
            for tool in TOOLS
        } | {
            "_build_platform": attr.label(
                default = "//rules/toolchain:build_platform",
                cfg = "exec",
            ),
        },
    )

dockerfile_toolchain = _dockerfile_toolchain_rule(
    doc = """The tools that the actions run, for a `toolchain` of type
`@rules_dockerfile//rules/toolchain:toolchain_type`.

`@rules_dockerfile//rules/toolchain:from_source`, which is registered by
default, builds the tools for the execution platform.""",
    cfg = "exec",
)

in_place_toolchain = _dockerfile_toolchain_rule(
    doc = "The same, with tools of the configuration of what is built. For images of the host's platform only.",
    cfg = "target",
)
