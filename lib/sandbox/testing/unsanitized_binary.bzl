"""The `unsanitized_binary` rule: a static binary, even where tests have sanitizers."""

# As --config=sanitize and those above it set them: .bazelrc.
_FLAGS = [
    "//command_line_option:copt",
    "//command_line_option:features",
    "//command_line_option:linkopt",
]

def _is_kept(flag):
    return "sanitize" not in flag and flag != "-fully_static_link"

def _unsanitized_impl(settings, _attr):
    return {
        name: [flag for flag in settings[name] if _is_kept(flag)]
        for name in _FLAGS
    }

_unsanitized = transition(
    implementation = _unsanitized_impl,
    inputs = _FLAGS,
    outputs = _FLAGS,
)

def _unsanitized_binary_impl(ctx):
    binary = ctx.attr.binary[0] if type(ctx.attr.binary) == "list" else ctx.attr.binary
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = binary[DefaultInfo].files_to_run.executable,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = executable,
        runfiles = ctx.runfiles([executable]),
    )]

unsanitized_binary = rule(
    implementation = _unsanitized_binary_impl,
    doc = "A static binary that can run in a root with nothing else in it. Sanitizers would make it a dynamic one, whose libraries are not there.",
    attrs = {
        "binary": attr.label(
            doc = "The binary.",
            cfg = _unsanitized,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)
