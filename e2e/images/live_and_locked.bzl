"""The `live_and_locked` macro: an image with the real network and one with a lock."""

load("//rules:defs.bzl", "image_test", "reproducible_test")

def live_and_locked(dockerfile_image, data = [], **kwargs):
    """Declares the image `live`, the image `locked`, and tests of both.

    Args:
      dockerfile_image: the macro of the Dockerfile.
      data: files that test.yaml names.
      **kwargs: attributes of the images.
    """
    for name, network in [("live", "host"), ("locked", "locked")]:
        dockerfile_image(
            name = name,
            bases = {"debian:latest": "@debian//:debian"},
            network = network,
            **kwargs
        )
        image_test(
            name = name + "_test",
            configs = ["test.yaml"],
            data = data,
            image = ":" + name,
        )
    reproducible_test(
        name = "reproducible_test",
        image = ":locked",
    )
