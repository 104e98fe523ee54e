"""The targets beside an image: its forms, and what `bazel run` does with it."""

load(":image_command.bzl", "image_command")
load(":image_output.bzl", "image_output")
load(":image_run.bzl", "image_run")

def refused_targets(name, *, check, tags, visibility, testonly = None):
    """Declares the targets of an image that cannot be built.

    Args:
      name: name of the image or index.
      check: the check that fails and says why; each target is an alias of it.
      tags: tags of the image; the others are manual.
      visibility: visibility of all.
      testonly: whether all are for tests only.
    """
    for suffix in ["", ".archive", ".digest", ".inspect", ".layout", ".load", ".push"]:
        native.alias(
            name = name + suffix,
            actual = check,
            tags = tags + ["manual"] if suffix else tags,
            testonly = testonly,
            visibility = visibility,
        )

def image_targets(name, *, bases, one_platform, whole, repository, **kwargs):
    """Declares `name.archive`, `name.digest`, `name.layout`, `name.run` and the other commands.

    Args:
      name: name of the image or index.
      bases: names of base images, whose repositories `name.push` mounts from.
      one_platform: name of the image of one platform, with all of its layers, which
        a daemon can load.
      whole: name of the image or index with all of its layers.
      repository: where `name.push` pushes to; None lets a flag say it.
      **kwargs: attributes of all targets.
    """
    for suffix, group in [
        ("archive", "oci_tarball"),
        ("digest", "digest"),
        ("layout", "oci_layout"),
    ]:
        image_output(
            name = "%s.%s" % (name, suffix),
            group = group,
            image = name if group == "digest" else whole,
            **kwargs
        )
    push_flags = ["--default_repository=" + repository] if repository else []
    push_flags += ["--base=" + base for base in bases]
    for suffix, image, flags in [
        ("inspect", whole, []),
        ("load", one_platform, []),
        ("push", whole, push_flags),
    ]:
        image_command(
            name = "%s.%s" % (name, suffix),
            flags = flags,
            image = image,
            tool = "image_" + suffix,
            **kwargs
        )
    image_run(
        name = name + ".run",
        image = one_platform,
        **kwargs
    )
