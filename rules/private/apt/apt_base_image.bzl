"""The `apt_base_image` macro: a Debian base image."""

load("//rules/private:base_image.bzl", "base_image")
load(":apt_rootfs.bzl", "apt_rootfs")

def apt_base_image(name, config, date, debs, platform, sources):
    """Declares the image of `apt_base_repo`, and its root file system, NAME.rootfs.

    Args:
      name: string: name of the image.
      config: label: the image config.
      date: int: the date of the archive, in seconds since the Unix epoch.
      debs: list of labels: the packages.
      platform: string: such as "linux/amd64".
      sources: label: the apt sources in the image.
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
