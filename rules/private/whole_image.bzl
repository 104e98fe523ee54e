"""The `whole_image` rule: an image with the layers that were left in a registry."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:sbom.bzl", "SBOM")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")
load("//rules/private/providers:provenance_info.bzl", "ProvenanceInfo")
load("//rules/private/providers:stage_info.bzl", "scanned_below")
load(":image_outputs.bzl", "image_outputs")

def _whole_image_impl(ctx):
    image = ctx.attr.image[ImageInfo]
    base = (ctx.attr.base or ctx.attr.build_platform_base)[ImageInfo]
    layers = [
        LayerInfo(
            tar = base.layers[i].tar,
            index = base.layers[i].index,
            blob = base.layers[i].blob,
            descriptor = layer.descriptor,
            origin = layer.origin,
        ) if i < len(base.layers) else layer
        for i, layer in enumerate(image.layers)
    ]
    whole = ImageInfo(
        config = image.config,
        descriptor = image.descriptor,
        is_rootfs = image.is_rootfs,
        layers = layers,
        manifest = image.manifest,
        onbuild = image.onbuild,
        platform = image.platform,
        sources = image.sources,
        plans = getattr(image, "plans", []),
        unstamped = None,
    )
    digest = ctx.attr.image[OutputGroupInfo].digest.to_list()[0]
    return image_outputs(
        ctx,
        tools = dockerfile_tools(ctx),
        written = struct(image = whole, digest = digest),
        scanned = scanned_below(ctx.attr.image),
        tags = ctx.attr.repo_tags,
        provenance = ctx.attr.image[ProvenanceInfo] if ProvenanceInfo in ctx.attr.image else None,
    )

whole_image = rule(
    implementation = _whole_image_impl,
    doc = """An image with all of its layers, those of its base fetched from the registry.

`dockerfile_image` declares it as `image.whole`.""",
    attrs = {
        "base": attr.label(
            doc = "The base, with its layers.",
            providers = [ImageInfo],
        ),
        "build_platform_base": attr.label(
            doc = "Instead of `base`: an image for the build platform.",
            cfg = "exec",
            providers = [ImageInfo],
        ),
        "image": attr.label(
            doc = "The image without the layers of its base.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "repo_tags": attr.string_list(
            doc = "References that a load gives to the image, such as `app:latest`.",
        ),
    } | SBOM,
    provides = [ImageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
