"""The `image_stamp` rule: an image with values of the workspace status."""

load("//rules/private/actions:image.bzl", "stamp_action")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/actions:sbom.bzl", "SBOM")
load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:provenance_info.bzl", "ProvenanceInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo", "scanned_below")
load(":image_outputs.bzl", "image_outputs")
load(":stamp_flag.bzl", "STAMP", "status_files")

def placeholders(values):
    """Returns the values that contain a {KEY} of the workspace status.

    Args:
      values: dict of string; a select() has none.

    Returns:
      A dict.
    """
    if type(values) != "dict":
        return {}
    return {
        name: value
        for name, value in values.items()
        if [part for part in value.split("{")[1:] if _is_key(part.partition("}"))]
    }

def _is_key(parts):
    key, end, _ = parts
    return end and key and key[0].isupper() and key.replace("_", "").isalnum() and key == key.upper()

def _image_stamp_impl(ctx):
    tools = dockerfile_tools(ctx)
    image = ctx.attr.image[ImageInfo]
    written = stamp_action(
        ctx,
        tools = tools,
        image = image,
        annotations = ctx.attr.annotations,
        labels = ctx.attr.labels,
        status_files = status_files(ctx),
    )
    stage = [ctx.attr.image[StageInfo]] if StageInfo in ctx.attr.image else []
    return image_outputs(
        ctx,
        tools = tools,
        written = written,
        tags = ctx.attr.repo_tags,
        provenance = ctx.attr.image[ProvenanceInfo] if ProvenanceInfo in ctx.attr.image else None,
        scanned = scanned_below(ctx.attr.image),
    ) + stage

image_stamp = rule(
    implementation = _image_stamp_impl,
    doc = """An image with labels and annotations in which {KEY} is replaced with a value of the workspace status.

Only config and manifest are written again: no action of a RUN or COPY depends on
the workspace status.""",
    attrs = {
        "annotations": attr.string_dict(
            doc = "Annotations of the manifest.",
        ),
        "image": attr.label(
            doc = "The image without the labels.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "labels": attr.string_dict(
            doc = "Labels that are added to those of the image.",
        ),
        "repo_tags": attr.string_list(
            doc = "References that a load gives to the image, such as `app:latest`.",
        ),
    } | SBOM | STAMP,
    toolchains = [TOOLCHAIN_TYPE],
)
