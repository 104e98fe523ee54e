"""The targets beside an image: its formats, and the commands for `bazel run`."""

load(":attestations.bzl", "attested_image")
load(":image_explain.bzl", "image_explain")
load(":image_explore.bzl", "image_explore")
load(":image_inspect.bzl", "image_inspect")
load(":image_load.bzl", "image_load")
load(":image_output.bzl", "image_output")
load(":image_push.bzl", "image_push")
load(":image_run.bzl", "image_run")

def refused_targets(name, *, check, tags, visibility, testonly = None):
    """Declares the targets of an image that cannot be built.

    Args:
      name: name of the image or index.
      check: the check that fails and reports why; each target is an alias of it.
      tags: tags of the image; the others are manual, too.
      visibility: visibility of all targets.
      testonly: whether all targets are for tests only.
    """
    for suffix in ["", ".archive", ".digest", ".explain", ".explore", ".inspect", ".layout", ".load", ".push"]:
        native.alias(
            name = name + suffix,
            actual = check,
            tags = tags + ["manual"] if suffix else tags,
            testonly = testonly,
            visibility = visibility,
        )

def image_targets(name, *, bases, one_platform, whole, repository, repo_tags, mirrors, platform, attestations, attestation_format, **kwargs):
    """Declares `name.archive`, `name.digest`, `name.layout`, `name.run` and the other commands.

    Args:
      name: name of the image or index.
      bases: references of base images, from whose repositories `name.push` mounts layers.
      one_platform: name of the image of one platform, with all of its layers, which
        a daemon can load.
      whole: name of the image or index with all of its layers.
      repository: where `name.push` pushes to; None to require the flag.
      repo_tags: list of references that `name.load` gives to the image.
      mirrors: dict from registry to the URLs of its mirrors, for `name.push`.
      attestations: of `name.push`.
      attestation_format: of `name.push`.
      platform: the platform of the image of `name.run`; "" if it is not known.
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
    image_explain(
        name = name + ".explain",
        image = name,
        **kwargs
    )
    image_inspect(
        name = name + ".inspect",
        image = whole,
        **kwargs
    )
    image_explore(
        name = name + ".explore",
        image = whole,
        **kwargs
    )
    image_load(
        name = name + ".load",
        image = one_platform,
        repo_tags = repo_tags,
        **kwargs
    )
    image_push(
        name = name + ".push",
        attestation_format = attestation_format,
        attestations = attestations,
        attested = attested_image(name, attestations = attestations, whole = whole),
        bases = bases,
        image = name,
        mirrors = ["%s=%s" % (registry, url) for registry, urls in mirrors.items() for url in urls],
        repositories = [repository] if repository else [],
        **kwargs
    )
    image_run(
        name = name + ".run",
        image = one_platform,
        platform = platform,
        **kwargs
    )
