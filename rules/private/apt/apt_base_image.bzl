"""A Debian base image."""

load("//rules/private:base_image.bzl", "base_image")
load(":apt_rootfs.bzl", "apt_rootfs")

def apt_base_image(name, architecture, config, date, debs, sources):
    """The image of `apt_base_repo`, and its root file system, NAME.rootfs.

    Args:
      name: string: the image.
      architecture: string: Debian's name of the architecture.
      config: label: the image config.
      date: int: the archive's date, in seconds since the Unix epoch.
      debs: list of labels: the packages.
      sources: label: the sources of apt inside the image.
    """
    apt_rootfs(
        name = name + ".rootfs",
        architecture = architecture,
        date = date,
        debs = debs,
        sources = sources,
    )
    base_image(
        name = name,
        config = config,
        platform = "linux/" + architecture,
        rootfs = name + ".rootfs",
    )
