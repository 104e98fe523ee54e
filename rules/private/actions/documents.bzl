"""The actions that assemble an image: layout, archive."""

load("//rules/private/plan:reference.bzl", "tag_of")
load(":run_tool.bzl", "run_tool_action")

def layout_action(ctx, *, tools, images, name, tags, index = None, attestations = [], attestation_format = "referrers"):
    """Assembles an OCI image layout.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      images: list of ImageInfo.
      name: name of the directory.
      tags: list of references that a load gives to the image. The layout names the
        image by the tag of the first, else `latest`.
      index: File, the image index over several images.
      attestations: from `attestation_files`.
      attestation_format: how the layout has them.

    Returns:
      The layout, a directory.
    """
    layout = ctx.actions.declare_directory(name)
    args = ctx.actions.args()
    args.add(tag_of(tags[0]) if tags else "latest", format = "--ref_name=%s")
    args.add_all([layout], format_each = "--layout_out=%s", expand_directories = False)
    for attestation in attestations:
        args.add(attestation.file, format = "--attestation=%d:%s:%%s" % (attestation.image, attestation.kind))
    if attestations:
        args.add(attestation_format, format = "--attestation_format=%s")
    attached = [attestation.file for attestation in attestations]
    _assemble(ctx, tools, images, index, args, attached, layout, "DockerfileLayout", "Assembling the image layout of %{label}")
    return layout

def archive_action(ctx, *, tools, images, name, tags, index = None):
    """Assembles an archive that `docker load` and OCI tools read.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      images: list of ImageInfo.
      name: name of the file.
      tags: list of references that a load gives to the image.
      index: File, the image index over several images.

    Returns:
      The archive, a File.
    """
    archive = ctx.actions.declare_file(name)
    args = ctx.actions.args()
    args.add_all(tags, format_each = "--tag=%s")
    args.add(archive, format = "--archive_out=%s")
    _assemble(ctx, tools, images, index, args, [], archive, "DockerfileArchive", "Assembling the image archive of %{label}")
    return archive

def _assemble(ctx, tools, images, index, args, attached, output, mnemonic, message):
    manifests = [image.manifest for image in images]
    configs = [image.config for image in images]
    blobs = [layer.blob for image in images for layer in image.layers]
    descriptors = [layer.descriptor for image in images for layer in image.layers]
    args.add_all(manifests, format_each = "--manifest=%s")
    args.add_all(configs, format_each = "--config=%s")
    args.add_all(blobs, format_each = "--blob=%s")
    args.add_all(descriptors, format_each = "--descriptor=%s")
    if index:
        args.add(index, format = "--index=%s")
    run_tool_action(
        ctx,
        tool = tools.layout_assemble,
        args = args,
        inputs = manifests + configs + blobs + descriptors + attached + ([index] if index else []),
        outputs = [output],
        mnemonic = mnemonic,
        message = message,
    )
