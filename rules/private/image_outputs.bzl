"""The providers of every rule that builds an image."""

load("//rules/private/actions:documents.bzl", "archive_action", "layout_action")
load("//rules/private/actions:explore.bzl", "explore_action")
load("//rules/private/actions:mtree.bzl", "mtree_action")
load("//rules/private/actions:provenance.bzl", "provenance_action")
load("//rules/private/actions:sbom.bzl", "sbom_actions", "sbom_groups")
load("//rules/private/providers:image_info.bzl", "has_layers")

def image_outputs(ctx, *, tools, written, tags, provenance = None, sboms = None, scanned = []):
    """Returns the providers of an image; all but the manifest and the config is built on demand.

    Args:
      ctx: context of a rule with `SBOM`.
      tools: DockerfileToolsInfo.
      written: struct(image, digest) from `manifest_action`.
      tags: list of references that a load gives to the image.
      provenance: ProvenanceInfo; None if it is not known how the image was built.
      sboms: the list from `sbom_actions`, if the caller has it.
      scanned: list of the same for the stages that were scanned, too.

    Returns:
      A list of providers. If layers were left in a registry, there are no output
      groups `explore`, `mtree`, `oci_layout`, `oci_tarball` and `sbom_…`.
    """
    image = written.image
    blobs = [layer.blob for layer in image.layers if layer.blob]
    groups = {
        "blobs": blobs,
        "descriptor": [image.descriptor],
        "digest": [written.digest],
        "layers": [layer.tar for layer in image.layers if layer.tar],
        "oci_image_config": [image.config],
        "root_blob": [image.manifest],
    }
    if provenance:
        groups["provenance"] = [provenance_action(ctx, tools = tools, image = image, provenance = provenance, tags = tags)]
    if sboms == None:
        sboms = sbom_actions(ctx, tools = tools, image = image)
    if has_layers(image):
        inventories = [sbom.inventory for sbom in sboms]
        groups |= {
            "explore": [explore_action(ctx, tools = tools, image = image, name = ctx.label.name + "/explore.html", inventories = inventories)],
            "mtree": [mtree_action(ctx, tools = tools, image = image)],
            "oci_layout": [layout_action(ctx, tools = tools, images = [image], name = ctx.label.name + "/layout", tags = tags)],
            "oci_tarball": [archive_action(ctx, tools = tools, images = [image], name = ctx.label.name + "/archive.tar", tags = tags)],
        }
    groups |= sbom_groups(sboms, scanned)
    return ([provenance] if provenance else []) + [
        image,
        DefaultInfo(
            files = depset([image.manifest, image.config]),
            runfiles = ctx.runfiles([image.manifest, image.config] + blobs),
        ),
        OutputGroupInfo(**{group: depset(files) for group, files in groups.items()}),
    ]
