"""Checks that a locked image is signed."""

load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load("//rules/private/providers:signature_policy_info.bzl", "SignaturePolicyInfo")
load(":param_line.bzl", "add_values")
load(":run_tool.bzl", "run_tool_action")

def verify_action(ctx, *, tools, config, layers):
    """Checks a locked image, and copies what every use of it reads.

    Each action that uses an image reads its config, or the index or the descriptor of
    each layer that it uses. So nothing of an image is used unless it is signed.

    Args:
      ctx: the context of `locked_image`.
      tools: DockerfileToolsInfo.
      config: File.
      layers: list of LayerInfo.

    Returns:
      struct(config, layers): the same, of an image that is signed.
    """
    policy = ctx.attr.policy[SignaturePolicyInfo]
    directory = ctx.label.name + "/signed/"
    evidence = ctx.actions.declare_file(directory + "evidence.json")
    ctx.actions.write(evidence, ctx.attr.evidence + "\n")
    signed_config = ctx.actions.declare_file(directory + "config.json")
    signed = []
    for i, layer in enumerate(layers):
        signed.append(LayerInfo(
            tar = layer.tar,
            index = ctx.actions.declare_file("%s%d.index" % (directory, i)) if layer.index else None,
            blob = layer.blob,
            descriptor = ctx.actions.declare_file("%s%d.descriptor.json" % (directory, i)),
            origin = layer.origin,
        ))
    args = ctx.actions.args()
    args.add(ctx.attr.reference, format = "--reference=%s")
    args.add(ctx.attr.manifest, format = "--manifest=%s")
    args.add(ctx.attr.platform, format = "--platform=%s")
    args.add(evidence, format = "--evidence=%s")
    args.add_all(policy.keys, format_each = "--key=%s")
    add_values(args, "--signed_as", [policy.signed_as] if policy.signed_as else [])
    args.add(
        "bazel run //%s:%s.lock" % (ctx.attr.policy.label.package, ctx.attr.policy.label.name.removesuffix(".verify")),
        format = "--lock_command=%s",
    )
    args.add(config, format = "--config=%s")
    args.add(signed_config, format = "--config_out=%s")
    inputs = [evidence, config] + policy.keys
    outputs = [signed_config]
    for key, option in [("descriptor", "--descriptor"), ("index", "--index")]:
        given = [getattr(layer, key) for layer in layers if getattr(layer, key)]
        made = [getattr(layer, key) for layer in signed if getattr(layer, key)]
        args.add_all(given, format_each = option + "=%s")
        args.add_all(made, format_each = option + "_out=%s")
        inputs += given
        outputs += made
    run_tool_action(
        ctx,
        tool = tools.base_verify,
        args = args,
        inputs = inputs,
        outputs = outputs,
        mnemonic = "DockerfileVerify",
        message = "Verifying the signature of %s" % ctx.attr.reference,
    )
    return struct(config = signed_config, layers = signed)
