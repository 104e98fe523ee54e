"""The `dockerfile_check` rule: validates a Dockerfile beside the build."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")

def _dockerfile_check_impl(ctx):
    outline = ctx.actions.declare_file(ctx.label.name + ".outline.json")
    ctx.actions.write(outline, ctx.attr.outline)
    inputs = [ctx.file.dockerfile, outline]
    stamp = ctx.actions.declare_file(ctx.label.name + ".stamp")
    args = ctx.actions.args()
    args.add(ctx.file.dockerfile, format = "--dockerfile=%s")
    args.add(ctx.file.dockerfile.short_path, format = "--filename=%s")
    args.add(outline, format = "--check_outline=%s")
    args.add(ctx.attr.lint, format = "--lint=%s")
    args.add(ctx.attr.target, format = "--target=%s")
    args.add(ctx.attr.platform, format = "--platform=%s")
    args.add_all([k + "=" + v for k, v in sorted(ctx.attr.build_args.items())], format_each = "--build_arg=%s")
    args.add_all(ctx.attr.named_contexts, format_each = "--named_context=%s")
    if ctx.attr.ignore:
        ignore = ctx.actions.declare_file(ctx.label.name + ".ignore")
        ctx.actions.write(ignore, ctx.attr.ignore)
        args.add(ignore, format = "--ignore_file=%s")
        inputs.append(ignore)
    args.add(stamp, format = "--stamp=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).dockerfile_parse,
        args = args,
        inputs = inputs,
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
        "build_args": attr.string_dict(
            doc = "Build arguments.",
        ),
        "dockerfile": attr.label(
            doc = "The Dockerfile.",
            allow_single_file = True,
            mandatory = True,
        ),
        "ignore": attr.string(
            doc = "The text of the .dockerignore file.",
        ),
        "lint": attr.string(
            doc = "What a violated rule does: `off`, `warn` prints it, `error` fails the build.",
            default = "warn",
            values = ["error", "off", "warn"],
        ),
        "named_contexts": attr.string_list(
            doc = "Names of further build contexts.",
        ),
        "outline": attr.string(
            doc = "The outline as JSON.",
            mandatory = True,
        ),
        "platform": attr.string(
            doc = "The platform of the image.",
            mandatory = True,
        ),
        "target": attr.string(
            doc = "The stage to build; the last when empty.",
        ),
    },
    toolchains = [TOOLCHAIN_TYPE],
)
