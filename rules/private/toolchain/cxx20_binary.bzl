"""The `cxx20_binary` rule: a C++ binary in C++20, whatever the build's flags."""

def _cxx20_impl(settings, _attr):
    flags = settings["//command_line_option:cxxopt"]
    return {
        "//command_line_option:cxxopt": flags if _FLAG in flags else flags + [_FLAG],
        # The tools are the same whatever they are asked to do.
        "//rules/settings:other_conditions": False,
    }

_FLAG = "-std=c++20"

_cxx20 = transition(
    implementation = _cxx20_impl,
    inputs = ["//command_line_option:cxxopt"],
    outputs = [
        "//command_line_option:cxxopt",
        "//rules/settings:other_conditions",
    ],
)

def _cxx20_binary_impl(ctx):
    binary = ctx.attr.binary[0] if type(ctx.attr.binary) == "list" else ctx.attr.binary
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = binary[DefaultInfo].files_to_run.executable,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = executable,
        runfiles = ctx.runfiles([executable]).merge(binary[DefaultInfo].default_runfiles),
    )]

cxx20_binary = rule(
    implementation = _cxx20_binary_impl,
    doc = "A static C++ binary and all it is made of, compiled as C++20. The workspaces that use these rules need not ask for it.",
    attrs = {
        "binary": attr.label(
            doc = "The binary.",
            cfg = _cxx20,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)
