"""The action that lists the packages of an image."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private/providers:image_info.bzl", "has_layers")
load(":run_tool.bzl", "run_tool_action")

# Attributes of a rule that calls `sbom_actions`.
SBOM = {
    "_sbom_file_digests": attr.label(default = "//rules/settings:sbom_file_digests"),
}

def sbom_actions(ctx, *, tools, image):
    """Lists the packages of an image, if none of its layers was left in a registry.

    Args:
      ctx: context of a rule with `SBOM`.
      tools: DockerfileToolsInfo.
      image: ImageInfo.

    Returns:
      A list with a struct(inventory, spdx, cyclonedx) of File, or an empty list.
    """
    if not has_layers(image):
        return []

    # The whole image is the same image.
    name = ctx.label.name.removesuffix(".whole")
    inventory = ctx.actions.declare_file(ctx.label.name + "/inventory.json")
    spdx = ctx.actions.declare_file(ctx.label.name + "/sbom.spdx.json")
    cyclonedx = ctx.actions.declare_file(ctx.label.name + "/sbom.cdx.json")
    descriptors = [layer.descriptor for layer in image.layers]
    indexes = [layer.index for layer in image.layers]
    layers = [layer.tar for layer in image.layers]
    args = ctx.actions.args()
    args.add("/".join([part for part in [ctx.label.package, name] if part]), format = "--name=%s")
    args.add(image.descriptor, format = "--manifest_descriptor=%s")
    args.add(image.config, format = "--config=%s")
    args.add_all(descriptors, format_each = "--descriptor=%s")
    args.add_all(layers, format_each = "--layer=%s")
    args.add_all(indexes, format_each = "--index=%s")
    args.add_all([layer.origin for layer in image.layers if layer.origin], format_each = "--origin=%s")
    if ctx.attr._sbom_file_digests[BuildSettingInfo].value:
        args.add("--file_digests")
    args.add(inventory, format = "--inventory_out=%s")
    args.add(spdx, format = "--spdx_out=%s")
    args.add(cyclonedx, format = "--cyclonedx_out=%s")
    run_tool_action(
        ctx,
        tool = tools.sbom_write,
        args = args,
        inputs = [image.descriptor, image.config] + descriptors + indexes + layers,
        outputs = [inventory, spdx, cyclonedx],
        mnemonic = "DockerfileSbom",
        message = "Listing the packages of %{label}",
    )
    return [struct(inventory = inventory, spdx = spdx, cyclonedx = cyclonedx)]

def sbom_groups(sboms, scanned):
    """Returns the output groups of lists of packages, as a dict.

    Args:
      sboms: from `sbom_actions`.
      scanned: list of the same for stages that the image is built from.
    """
    if not sboms:
        return {}
    return {
        "sbom_cyclonedx": [sbom.cyclonedx for sbom in sboms + scanned],
        "sbom_inventory": [sbom.inventory for sbom in sboms],
        "sbom_spdx": [sbom.spdx for sbom in sboms + scanned],
    }
