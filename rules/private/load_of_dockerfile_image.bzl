"""A hint for users who load `dockerfile_image` from defs.bzl."""

def dockerfile_image(name, **_kwargs):
    """Fails: each Dockerfile has its own `dockerfile_image`, in a generated repository.

    ```starlark
    load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
    ```

    Args:
      name: name of the target.
      **_kwargs: not used.
    """
    fail("%s: defs.bzl does not provide dockerfile_image\nhint: load(\"@dockerfiles//%s:Dockerfile.bzl\", \"dockerfile_image\")" % (
        name,
        native.package_name(),
    ))
