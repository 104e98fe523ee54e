"""A hint for users who load `dockerfile_image` from defs.bzl."""

def dockerfile_image(name, **_kwargs):
    """Fails: `dockerfile_image` is in the repository that is generated from its Dockerfile.

    Args:
      name: name of the target.
      **_kwargs: not used.
    """
    fail("%s: defs.bzl does not provide dockerfile_image\nhint: load(\"@dockerfiles//%s:Dockerfile.bzl\", \"dockerfile_image\")" % (
        name,
        native.package_name(),
    ))
