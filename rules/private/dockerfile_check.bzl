"""The `dockerfile_check` rule: validates a Dockerfile beside the build."""

load("//rules/private/actions:base.bzl", "config_of_target")
load("//rules/private/actions:param_line.bzl", "add_pairs", "add_values")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:global_scope.bzl", "GLOBAL_SCOPE", "build_arguments", "global_scope")
load("//rules/private/plan:platform.bzl", "normalize_platform")

def _dockerfile_check_impl(ctx):
    outline = ctx.actions.declare_file(ctx.label.name + ".outline.json")
    ctx.actions.write(outline, ctx.attr.outline)
    configs = _base_configs(ctx) if ctx.attr.lint != "off" else {}

    # What is wrong with the Dockerfile alone is told before its bases are there.
    stamp = _check_action(
        ctx,
        name = ctx.label.name,
        message = "Checking",
        outline = outline,
        lint = "off" if configs else ctx.attr.lint,
    )
    if configs:
        stamp = _check_action(
            ctx,
            name = ctx.label.name + ".lint",
            message = "Linting",
            outline = outline,
            lint = ctx.attr.lint,
            configs = configs,
            after = [stamp],
        )
    return [
        DefaultInfo(files = depset([stamp])),
        OutputGroupInfo(_validation = depset([stamp])),
    ]

def _base_configs(ctx):
    """Returns the configs of the bases, by the name that the Dockerfile gives each."""
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

def _check_action(ctx, *, name, message, outline, lint, configs = {}, after = []):
    """Declares an action that reads the whole Dockerfile; returns its stamp."""
    tools = dockerfile_tools(ctx)
    inputs = [ctx.file.dockerfile, outline] + configs.values() + after
    stamp = ctx.actions.declare_file(name + ".stamp")
    args = ctx.actions.args()
    args.add(ctx.file.dockerfile, format = "--dockerfile=%s")
    args.add(ctx.file.dockerfile.short_path, format = "--filename=%s")
    args.add(outline, format = "--check_outline=%s")
    args.add(lint, format = "--lint=%s")
    args.add(ctx.attr.target, format = "--target=%s")
    args.add(ctx.attr.platform, format = "--platform=%s")
    args.add(tools.build_platform, format = "--build_platform=%s")
    add_pairs(args, "--build_arg", build_arguments(ctx))
    args.add_all(ctx.attr.named_contexts, format_each = "--named_context=%s")
    for base, config in configs.items():
        args.add(config, format = "--base_config=" + base.replace("%", "%%") + "=%s")
    args.add("--unknown_bases")
    if lint != "error":
        args.add("--needed_stages_only")
    if ctx.attr.ignore:
        ignore = ctx.actions.declare_file(name + ".ignore")
        ctx.actions.write(ignore, ctx.attr.ignore)
        args.add(ignore, format = "--ignore_file=%s")
        inputs.append(ignore)
    if ctx.attr.error:
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
    doc = """Parses a whole Dockerfile with the real parser: syntax errors with their
excerpt, the rules of `docker build --check`, and proof that the outline the
build was made from is the parser's own.""",
    attrs = {
        "bases": attr.label_keyed_string_dict(
            doc = "Images, and for each a JSON list of the FROMs that name it, as lists of name, --platform and line: the rules know their environment.",
            allow_files = True,
        ),
        "build_platform_bases": attr.label_keyed_string_dict(
            doc = "As `bases`, for the platform that the build is on.",
            cfg = "exec",
        ),
        "dockerfile": attr.label(
            doc = "The Dockerfile.",
            allow_single_file = True,
            mandatory = True,
        ),
        "error": attr.string(
            doc = "Why there is nothing to build: the check fails, with the parser's message if it has one.",
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
    } | GLOBAL_SCOPE,
    toolchains = [TOOLCHAIN_TYPE],
)
