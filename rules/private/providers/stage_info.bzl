"""StageInfo: a built stage of a Dockerfile."""

StageInfo = provider(
    doc = "A built stage, on which a later stage of the same Dockerfile can be based. Its target also has an ImageInfo.",
    fields = {
        "state": "File: the build state after the last instruction, including build arguments.",
        "name": "string: name of the stage, or its number if it has none.",
        "platform": "string: platform of the image, such as `linux/amd64`.",
        "workdir_state": "File: a build state in which only working directory and user are up to date. Instructions that expand no variable read it instead of `state`.",
        "origin": "string: the first FROM in the chain of its parents, for messages, such as `app/Dockerfile:1: FROM base`.",
        "scanned": "depset of struct(stage, inventory, spdx, cyclonedx): the name and the SBOM of each stage that BUILDKIT_SBOM_SCAN_STAGE asks for, of this stage and those that it is built from.",
        "records": "depset of struct(stage, files): lock files that were recorded, for the stage and for those that it is based on; empty unless it records.",
    },
)

def scanned_below(target):
    """Returns the SBOMs of the scanned stages that an image is built from, without its own.

    Args:
      target: Target of the image.

    Returns:
      A list of struct(stage, inventory, spdx, cyclonedx).
    """
    if StageInfo not in target:
        return []
    info = target[StageInfo]
    return [sbom for sbom in info.scanned.to_list() if sbom.stage != info.name]
