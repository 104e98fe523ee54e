"""The `static_binary` macro: a tool that needs no shared libraries."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")

def static_binary(name, **kwargs):
    """Declares a C++ binary that is statically linked.

    A tool that an action runs must not depend on the libraries of the execution
    host. `--features=-fully_static_link`, as in `--config=sanitize`, links it
    dynamically.

    Args:
      name: name of the binary.
      **kwargs: attributes of `cc_binary`.
    """
    cc_binary(
        name = name,
        features = ["fully_static_link"],
        linkstatic = True,
        **kwargs
    )
