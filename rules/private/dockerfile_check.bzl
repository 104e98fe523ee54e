"""The `dockerfile_check` rule: validates a Dockerfile in parallel to the build."""

load("//rules/private/actions:base.bzl", "config_of_target")
load("//rules/private/actions:param_line.bzl", "add_file", "add_pairs", "add_values")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:global_scope.bzl", "GLOBAL_SCOPE", "build_arguments", "global_scope")
load("//rules/private/plan:platform.bzl", "normalize_platform")

def _dockerfile_check_impl(ctx):
    outline = ctx.actions.declare_file(ctx.label.name + ".outline.json")
    ctx.actions.write(outline, ctx.attr.outline)
    configs = _base_configs(ctx) if ctx.attr.lint != "off" else {}

    # Errors in the Dockerfile itself are reported before its bases are fetched. The
    # rules that need those apply at the same time.
    stamps = [_check_action(
        ctx,
        name = ctx.label.name,
        message = "Checking",
        outline = outline,
        lint = "off" if configs else ctx.attr.lint,
    )]
    if configs:
        stamps.append(_check_action(
            ctx,
            name = ctx.label.name + ".lint",
            message = "Linting",
            lint = ctx.attr.lint,
            configs = configs,
        ))
    return [
        DefaultInfo(files = depset(stamps)),
        OutputGroupInfo(_validation = depset(stamps)),
    ]

def _base_configs(ctx):
    """Returns the configs of the bases, by their names in the Dockerfile."""
    tools = dockerfile_tools(ctx)
    target_platform = normalize_platform(ctx.attr.platform, tools.build_platform)
    values = global_scope(ctx, target_platform = target_platform, build_platform = tools.build_platform)
    configs = {}
    for target, names in ctx.attr.bases.items() + ctx.attr.build_platform_bases.items():
        for word, platform, line in json.decode(names):
            name = expand_word(word, values, ctx.attr.escape).text
            if name in configs:
                continue
            chosen = expand_word(platform, values, ctx.attr.escape).text
            configs[name] = config_of_target(
                ctx,
                target,
                tools = tools,
                platform = normalize_platform(chosen, tools.build_platform) if chosen else target_platform,
                name = "%s/base%d" % (ctx.label.name, len(configs)),
                required_by = "%s:%d: FROM %s" % (ctx.file.dockerfile.short_path, line, word),
            )
    return configs

def _check_action(ctx, *, name, message, lint, outline = None, configs = {}):
    """Declares an action that reads the complete Dockerfile; returns its stamp.

    Without an outline it applies only the rules.
    """
    tools = dockerfile_tools(ctx)
    inputs = [ctx.file.dockerfile] + configs.values() + ([outline] if outline else [])
    stamp = ctx.actions.declare_file(name + ".stamp")
    args = ctx.actions.args()
    args.add(ctx.file.dockerfile, format = "--dockerfile=%s")
    args.add(ctx.file.dockerfile.short_path, format = "--filename=%s")
    if outline:
        args.add(outline, format = "--check_outline=%s")
    else:
        args.add("--rules_only")
    args.add(lint, format = "--lint=%s")
    args.add(ctx.attr.target, format = "--target=%s")
    args.add(ctx.attr.platform, format = "--platform=%s")
    args.add(tools.build_platform, format = "--build_platform=%s")
    add_pairs(args, "--build_arg", build_arguments(ctx))
    add_values(args, "--named_context", ctx.attr.named_contexts)
    for base, config in configs.items():
        add_file(args, "--base_config", base, config)
    args.add("--unknown_bases")
    if lint != "error":
        args.add("--needed_stages_only")
    if ctx.attr.ignore:
        ignore = ctx.actions.declare_file(name + ".ignore")
        ctx.actions.write(ignore, ctx.attr.ignore)
        args.add(ignore, format = "--ignore_file=%s")
        inputs.append(ignore)
    if ctx.attr.error and outline:
        add_values(args, "--error", [ctx.attr.error])
    args.add(stamp, format = "--stamp=%s")
    run_tool_action(
        ctx,
        tool = tools.dockerfile_parse,
        args = args,
        inputs = inputs,
        outputs = [stamp],
        mnemonic = "DockerfileCheck",
        message = "%s %s" % (message, ctx.file.dockerfile.short_path),
    )
    return stamp

dockerfile_check = rule(
    implementation = _dockerfile_check_impl,
    doc = """Parses a complete Dockerfile with the C++ parser. Reports syntax errors with
an excerpt, applies the rules of `docker build --check`, and verifies that the
outline from which the build was declared equals the parser's.""",
    attrs = {
        "bases": attr.label_keyed_string_dict(
            doc = "Images, each with a JSON list of the FROMs that name it, as lists of name, --platform and line. Lint rules read their environment.",
            allow_files = True,
        ),
        "build_platform_bases": attr.label_keyed_string_dict(
            doc = "As `bases`, for the build platform.",
            cfg = "exec",
        ),
        "dockerfile": attr.label(
            doc = "The Dockerfile.",
            allow_single_file = True,
            mandatory = True,
        ),
        "error": attr.string(
            doc = "Why the image cannot be built: the check fails, with the message of the parser if it has one.",
        ),
        "ignore": attr.string(
            doc = "The text of the .dockerignore file.",
        ),
        "lint": attr.string(
            doc = "What happens if a rule is violated: `off` (nothing), `warn` (a warning) or `error` (the build fails).",
            default = "warn",
            values = ["error", "off", "warn"],
        ),
        "named_contexts": attr.string_list(
            doc = "Names of more build contexts.",
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
    } | GLOBAL_SCOPE,
    toolchains = [TOOLCHAIN_TYPE],
)
