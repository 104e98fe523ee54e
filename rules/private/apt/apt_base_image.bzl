"""A Debian base image."""

load("//rules/private:base_image.bzl", "base_image")
load(":apt_rootfs.bzl", "apt_rootfs")

def apt_base_image(name, config, date, debs, platform, sources):
    """The image of `apt_base_repo`, and its root file system, NAME.rootfs.

    Args:
      name: string: the image.
      config: label: the image config.
      date: int: the archive's date, in seconds since the Unix epoch.
      debs: list of labels: the packages.
      platform: string: "linux/amd64".
      sources: label: the sources of apt inside the image.
    """
    apt_rootfs(
        name = name + ".rootfs",
        date = date,
        debs = debs,
        platform = platform,
        sources = sources,
    )
    base_image(
        name = name,
        config = config,
        platform = platform,
        rootfs = name + ".rootfs",
    )
