"""Attestations of an image: the output groups that say how it was built and what is in it."""

load("//rules/private/providers:attestations_info.bzl", "AttestationsInfo")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

# The output groups, each with at least one file.
ATTESTATIONS = ["provenance", "sbom_cyclonedx", "sbom_spdx"]

# Attributes of a rule that attaches attestations.
ATTACHED = {
    "attestation_format": attr.string(
        doc = "How the registry keeps the attestations: `referrers` (OCI 1.1: each is an artifact about the image, whose digest stays the same) or `index` (as BuildKit: an index lists the image and an attestation manifest).",
        default = "referrers",
        values = ["index", "referrers"],
    ),
    "attestations": attr.string_list(
        doc = "What is attached to the image: names of its output groups `provenance`, `sbom_spdx` and `sbom_cyclonedx`.",
    ),
    "attested": attr.label(
        doc = "The same image with all of its layers, as `image.whole`, if it has output groups that `image` does not have.",
        providers = [[ImageInfo], [ImageIndexInfo]],
    ),
}

def attested_image(name, *, attestations, whole):
    """Returns the attribute `attested` for an image: its SBOMs need all layers.

    Args:
      name: name of the image.
      attestations: the attribute, which may be a select().
      whole: name of the image with all layers.
    """
    needs_layers = type(attestations) != "list" or [group for group in attestations if group.startswith("sbom")]
    return whole if needs_layers else name

def attestation_files(ctx):
    """Returns the attestations of the image of a rule with `ATTACHED`.

    Args:
      ctx: the rule's context, with an attribute `image`.

    Returns:
      list of struct(image, kind, file): the position of the image in an index, the
      name of the output group, a File.
    """
    target = ctx.attr.attested or ctx.attr.image
    images = target[AttestationsInfo].images if AttestationsInfo in target else [image_attestations(target)]
    files = []
    for name in ctx.attr.attestations:
        if name not in ATTESTATIONS:
            fail("%s: attestations: expected %s, got \"%s\"" % (ctx.label, ", ".join(ATTESTATIONS), name))
        for i, groups in enumerate(images):
            if name not in groups:
                fail("%s: attestations: %s has no output group \"%s\"" % (ctx.label, target.label, name))
            files += [struct(image = i, kind = name, file = file) for file in groups[name]]
    return files

def image_attestations(target):
    """Returns the output groups of an image that attest it, as a dict of lists of File.

    Args:
      target: Target with ImageInfo.
    """
    if OutputGroupInfo not in target:
        return {}
    groups = {name: getattr(target[OutputGroupInfo], name, depset()).to_list() for name in ATTESTATIONS}
    return {name: files for name, files in groups.items() if files}
