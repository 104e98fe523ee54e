"""What every rule that makes an image returns."""

load("//rules/private/actions:documents.bzl", "archive_action", "layout_action")
load("//rules/private/actions:mtree.bzl", "mtree_action")

def image_outputs(ctx, *, tools, written, tags):
    """Returns the providers of an image; layout, archive and mtree are made on demand.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      written: struct(image, digest) from `manifest_action`.
      tags: list of references that a load gives the image.

    Returns:
      A list of providers.
    """
    image = written.image
    layout = layout_action(ctx, tools = tools, images = [image], name = ctx.label.name + "/layout", tags = tags)
    archive = archive_action(ctx, tools = tools, images = [image], name = ctx.label.name + "/archive.tar", tags = tags)
    blobs = [layer.blob for layer in image.layers]
    return [
        image,
        DefaultInfo(
            files = depset([image.manifest, image.config]),
            runfiles = ctx.runfiles([image.manifest, image.config] + blobs),
        ),
        OutputGroupInfo(
            blobs = depset(blobs),
            descriptor = depset([image.descriptor]),
            digest = depset([written.digest]),
            layers = depset([layer.tar for layer in image.layers]),
            mtree = depset([mtree_action(ctx, tools = tools, image = image)]),
            oci_image_config = depset([image.config]),
            oci_layout = depset([layout]),
            oci_tarball = depset([archive]),
            root_blob = depset([image.manifest]),
        ),
    ]
