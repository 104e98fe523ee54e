"""The `dockerfile_lock` rule: `bazel run` locks the images and files that a Dockerfile fetches."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private:for_each_platform.bzl", "for_each_platform", "platform_key")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:global_scope.bzl", "GLOBAL_SCOPE", "global_scope")
load("//rules/private/plan:platform.bzl", "normalize_platform")
load("//rules/private/providers:signature_policy_info.bzl", "SignaturePolicyInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")
load("//rules/private/toolchain:build_platform.bzl", "BuildPlatformInfo")

def _dockerfile_lock_impl(ctx):
    if ctx.label.repo_name:
        fail("%s: expected a target of the main repository: `bazel run` cannot write %s to another\nhint: run it in the workspace of that module" % (ctx.label, ctx.attr.lock))
    tools = dockerfile_tools(ctx)
    keys = ctx.attr.policy[SignaturePolicyInfo].keys if ctx.attr.policy else []
    recorded = ctx.attr.image[StageInfo].records.to_list() if ctx.attr.image else []
    records = [file for stage in recorded for file in stage.files]
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {"{settings}": "\n".join([
            # One substitution, so that no value is replaced as the key of another.
            "has_more=" + ("true" if ctx.attr.has_more else ""),
            "image_lock=" + shell.quote(runfiles_path(ctx, tools.image_lock.executable)),
            "images=(%s)" % _quoted(_image_flags(ctx, tools) + _policy_flags(ctx)),
            "keys=(%s)" % _quoted([runfiles_path(ctx, key) for key in keys]),
            "name=" + shell.quote(ctx.attr.lock),
            "network_lock_write=" + shell.quote(runfiles_path(ctx, tools.network_lock_write.executable)),
            "record_flags=(%s)" % _quoted(_record_flags(ctx, recorded)),
            "records=(%s)" % _quoted([runfiles_path(ctx, file) for file in records]),
        ])},
        is_executable = True,
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(records + keys + [tools.image_lock.executable, tools.network_lock_write.executable]).merge_all([
            tools.runfiles["image_lock"],
            tools.runfiles["network_lock_write"],
        ]),
    )]

def _quoted(words):
    return " ".join([shell.quote(word) for word in words])

def _record_flags(ctx, recorded):
    if not ctx.attr.image:
        return []
    return ["--platform=" + ctx.attr.image[StageInfo].platform] + [
        "--stage=" + name
        for name in ctx.attr.stages
    ] + ["--recorded_stage=" + stage.stage for stage in recorded]

def _image_flags(ctx, tools):
    """Returns the flags with the images that the lock must contain, and their mirrors."""
    images = {}
    for target in _target_platforms(ctx, tools):
        values = global_scope(ctx, target_platform = target, build_platform = tools.build_platform)
        for text in ctx.attr.references:
            external = json.decode(text)
            word = expand_word(external["platform"], values, ctx.attr.escape).text
            platform = normalize_platform(word, tools.build_platform) if word else target
            images["--image=%s,%s" % (platform, external["reference"])] = None
    return images.keys() + (["--only"] if ctx.attr.names_all else []) + [
        "--mirror=%s=%s" % (registry, url)
        for registry, urls in ctx.attr.mirrors.items()
        for url in urls
    ]

def _policy_flags(ctx):
    """Returns the flags that say who has to have signed the images; the launcher adds the keys."""
    if not ctx.attr.policy:
        return []
    label = ctx.attr.policy.label
    signed_as = ctx.attr.policy[SignaturePolicyInfo].signed_as
    return ["--policy=//%s:%s" % (label.package, label.name)] + (
        ["--signed_as=" + signed_as] if signed_as else []
    )

def _target_platforms(ctx, tools):
    if ctx.attr.platforms:
        return [
            ctx.split_attr.platform_of_target[platform_key(i)][BuildPlatformInfo].platform
            for i in range(len(ctx.attr.platforms))
        ]
    return [normalize_platform(ctx.attr.platform, tools.build_platform)]

dockerfile_lock = rule(
    implementation = _dockerfile_lock_impl,
    doc = """Writes the lock of a Dockerfile.

`bazel run //app:image.lock` resolves the images that the Dockerfile names, records
what ADDs and locked RUNs fetch from the network, and writes both to
`app/Dockerfile.lock`. Existing entries are kept: images until `--update`, the files
of other stages and platforms until those are recorded.""",
    attrs = {
        "has_more": attr.bool(
            doc = "Whether there are ADDs or RUNs to record after the images are locked.",
        ),
        "image": attr.label(
            doc = "The image, as a stage that records; None if there is nothing to record.",
            providers = [StageInfo],
        ),
        "lock": attr.string(
            doc = "Path of the lock file in the workspace.",
            mandatory = True,
        ),
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "names_all": attr.bool(
            doc = "Whether `references` are all references that an image of the Dockerfile may name.",
        ),
        "platform": attr.string(
            doc = "The platform of the image.",
            mandatory = True,
        ),
        "platform_of_target": attr.label(
            doc = "The target platform of each configuration.",
            cfg = for_each_platform,
            default = "//rules/toolchain:build_platform",
        ),
        "platforms": attr.label_list(
            doc = "Bazel platforms, instead of `platform`.",
        ),
        "policy": attr.label(
            doc = "Who has to have signed the images; none if they need not be signed.",
            providers = [SignaturePolicyInfo],
        ),
        "references": attr.string_list(
            doc = "JSON of each reference that only a lock can provide: `reference`, and `platform`, the --platform of the FROM.",
        ),
        "stages": attr.string_list(
            doc = "All stages of the Dockerfile, in order.",
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_launcher": attr.label(
            default = "//rules/private/network:dockerfile_lock.sh.template",
            allow_single_file = True,
        ),
    } | GLOBAL_SCOPE,
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
