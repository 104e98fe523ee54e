"""The `dockerfile_check` rule: validates a Dockerfile beside the build."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")

def _dockerfile_check_impl(ctx):
    outline = ctx.actions.declare_file(ctx.label.name + ".outline.json")
    ctx.actions.write(outline, ctx.attr.outline)
    stamp = ctx.actions.declare_file(ctx.label.name + ".stamp")
    args = ctx.actions.args()
    args.add(ctx.file.dockerfile, format = "--dockerfile=%s")
    args.add(ctx.file.dockerfile.short_path, format = "--filename=%s")
    args.add(outline, format = "--check_outline=%s")
    args.add(ctx.attr.lint, format = "--lint=%s")
    args.add(stamp, format = "--stamp=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).dockerfile_parse,
        args = args,
        inputs = [ctx.file.dockerfile, outline],
        outputs = [stamp],
        mnemonic = "DockerfileCheck",
        message = "Checking %s" % ctx.file.dockerfile.short_path,
    )
    return [OutputGroupInfo(_validation = depset([stamp]))]

dockerfile_check = rule(
    implementation = _dockerfile_check_impl,
    doc = """Parses a whole Dockerfile with the real parser: syntax errors with their
excerpt, the rules of `docker build --check`, and proof that the outline the
build was made from is the parser's own.""",
    attrs = {
        "dockerfile": attr.label(
            doc = "The Dockerfile.",
            allow_single_file = True,
            mandatory = True,
        ),
        "lint": attr.string(
            doc = "What a violated rule does: `off`, `warn` prints it, `error` fails the build.",
            default = "warn",
            values = ["error", "off", "warn"],
        ),
        "outline": attr.string(
            doc = "The outline as JSON.",
            mandatory = True,
        ),
    },
    toolchains = [TOOLCHAIN_TYPE],
)
