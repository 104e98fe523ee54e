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

dockerfile_toolchain = rule(
    implementation = _dockerfile_toolchain_impl,
    doc = """The tools that the actions run, for a `toolchain` of type
`@rules_dockerfile//rules/toolchain:toolchain_type`.

`@rules_dockerfile//rules/toolchain:from_source`, which is registered by
default, builds the tools for the execution platform.""",
    attrs = {
        tool: attr.label(
            doc = "The `%s` tool; by default it is built from source." % tool,
            default = "//rules/toolchain:" + tool,
            cfg = "exec",
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
