"""A word for who loads `dockerfile_image` like the other rules."""

def dockerfile_image(name, **_kwargs):
    """Fails: the rule of each Dockerfile is in a repository that is made from it.

    Args:
      name: name of the target.
      **_kwargs: not used.
    """
    fail("%s: dockerfile_image is loaded from the repository of its Dockerfile: load(\"@dockerfiles//%s:Dockerfile.bzl\", \"dockerfile_image\")" % (
        name,
        native.package_name(),
    ))
