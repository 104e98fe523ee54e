"""The `image_verify` rule: who has to have signed an image."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/plan:reference.bzl", "is_reference")
load("//rules/private/providers:signature_policy_info.bzl", "SignaturePolicyInfo")

def _image_verify_impl(ctx):
    if not is_reference(ctx.attr.reference):
        fail("%s: reference: expected [REGISTRY/]NAME[:TAG][@DIGEST], got \"%s\"" % (ctx.label, ctx.attr.reference))
    if ctx.attr.signed_as and not is_reference(ctx.attr.signed_as):
        fail("%s: signed_as: expected [REGISTRY/]NAME, got \"%s\"" % (ctx.label, ctx.attr.signed_as))
    tools = dockerfile_tools(ctx)
    flags = ["--reference=" + ctx.attr.reference]
    if ctx.attr.signed_as:
        flags.append("--signed_as=" + ctx.attr.signed_as)
    flags += [
        "--mirror=%s=%s" % (registry, url)
        for registry, urls in ctx.attr.mirrors.items()
        for url in urls
    ]
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {"{settings}": "\n".join([
            # One substitution, so that no value is replaced as the key of another.
            "keys=(%s)" % " ".join([shell.quote(runfiles_path(ctx, key)) for key in ctx.files.keys]),
            "own_flags=(%s)" % " ".join([shell.quote(flag) for flag in flags]),
            "tool=" + shell.quote(runfiles_path(ctx, tools.image_verify.executable)),
        ])},
        is_executable = True,
    )
    return [
        DefaultInfo(
            executable = launcher,
            runfiles = ctx.runfiles(ctx.files.keys + [tools.image_verify.executable]).merge(tools.runfiles["image_verify"]),
        ),
        SignaturePolicyInfo(keys = ctx.files.keys, signed_as = ctx.attr.signed_as),
    ]

image_verify = rule(
    implementation = _image_verify_impl,
    doc = """Checks that an image of a registry is signed.

```starlark
image_verify(
    name = "verify",
    keys = ["cosign.pub"],
    reference = "registry.example.com/team/app:v1",
)
```

`bazel run //app:verify` asks the registry: `registry.example.com/team/app@sha256:… is
signed by "cosign.pub"`, or an error. `base_image(verify = …)` of a shared lock declares
this target itself, and checks the base image in each build: see
[supply chain](../supply_chain.md#verify-a-base-image).""",
    attrs = {
        "keys": attr.label_list(
            doc = "Public keys in PEM, one per file: ECDSA P-256 or P-384, Ed25519, or RSA with 2048 to 16384 bits. One of them has to have signed.",
            allow_empty = False,
            allow_files = True,
            mandatory = True,
        ),
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "reference": attr.string(
            doc = "The image, `[REGISTRY/]NAME[:TAG][@DIGEST]`.",
            mandatory = True,
        ),
        "signed_as": attr.string(
            doc = "The repository that the signatures name, for a copy of an image that was signed elsewhere; by default that of `reference`.",
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_verify.sh.template",
            allow_single_file = True,
        ),
    },
    executable = True,
    provides = [SignaturePolicyInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
