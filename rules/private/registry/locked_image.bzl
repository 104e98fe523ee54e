"""The `locked_image` rule: a locked image of a registry."""

load("//rules/private:image_outputs.bzl", "image_outputs")
load("//rules/private/actions:image.bzl", "manifest_action")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:sbom.bzl", "SBOM")
load("//rules/private/actions:verify.bzl", "verify_action")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load("//rules/private/providers:signature_policy_info.bzl", "SignaturePolicyInfo")

def _locked_image_impl(ctx):
    tools = dockerfile_tools(ctx)
    layers = []
    for i, descriptor in enumerate(ctx.attr.descriptors):
        file = ctx.actions.declare_file("%s/%d.descriptor.json" % (ctx.label.name, i))
        ctx.actions.write(file, descriptor + "\n")
        layer = ctx.attr.layers[i][LayerInfo] if ctx.attr.layers else LayerInfo(tar = None, index = None, blob = None)
        layers.append(LayerInfo(tar = layer.tar, index = layer.index, blob = layer.blob, descriptor = file, origin = None))
    config = ctx.file.config
    if ctx.attr.policy:
        signed = verify_action(ctx, tools = tools, config = config, layers = layers)
        config = signed.config
        layers = signed.layers
    written = manifest_action(
        ctx,
        tools = tools,
        config = config,
        layers = layers,
        name = ctx.label.name,
        platform = ctx.attr.platform,
        onbuild = ctx.attr.onbuild,
        reference = ctx.attr.reference,
        sources = [ctx.attr.reference],
    )
    return image_outputs(ctx, tools = tools, written = written, tags = [])

locked_image = rule(
    implementation = _locked_image_impl,
    doc = "A locked image of one platform.",
    attrs = {
        "config": attr.label(
            doc = "The image config.",
            allow_single_file = True,
            mandatory = True,
        ),
        "descriptors": attr.string_list(
            doc = "The descriptor of each layer, including its diff_id, as JSON; base first.",
        ),
        "evidence": attr.string(
            doc = "With a `policy`: the signatures of the image in the lock, and the documents that lead from them to the image, in JSON.",
        ),
        "layers": attr.label_list(
            doc = "The layers; if empty, they are left in the registry.",
            providers = [LayerInfo],
        ),
        "manifest": attr.string(
            doc = "With a `policy`: the digest of the manifest.",
        ),
        "onbuild": attr.string_list(
            doc = "The ONBUILD triggers in the config.",
        ),
        "platform": attr.string(
            doc = "The platform of the image, such as `linux/amd64`.",
            mandatory = True,
        ),
        "policy": attr.label(
            doc = "Who has to have signed the image; none if it need not be signed.",
            providers = [SignaturePolicyInfo],
        ),
        "reference": attr.string(
            doc = "The reference with tag and digest, in full form.",
            mandatory = True,
        ),
    } | SBOM,
    provides = [ImageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
