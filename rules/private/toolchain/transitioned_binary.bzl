"""Rules that build a binary in another configuration."""

def _transitioned_binary_impl(ctx):
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

def transitioned_binary_rule(cfg, doc):
    """Returns a rule whose target is its attribute `binary`, built in another configuration.

    Args:
      cfg: the transition to that configuration.
      doc: documentation of the rule.
    """
    return rule(
        implementation = _transitioned_binary_impl,
        doc = doc,
        attrs = {
            "binary": attr.label(
                doc = "The binary.",
                cfg = cfg,
                executable = True,
                mandatory = True,
            ),
            "_allowlist_function_transition": attr.label(
                default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            ),
        },
        executable = True,
    )
