"""The `unsanitized_binary` macro: a static binary, even where tests have sanitizers."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load("//rules/private/toolchain:transitioned_binary.bzl", "transitioned_binary_rule")

# The flags that --config=sanitize and the configurations on top of it set: .bazelrc.
_FLAGS = [
    "//command_line_option:copt",
    "//command_line_option:features",
    "//command_line_option:linkopt",
]

def _is_kept(flag):
    return "sanitize" not in flag and flag != "-fully_static_link"

def _unsanitized_impl(settings, _attr):
    return {
        name: [flag for flag in settings[name] if _is_kept(flag)]
        for name in _FLAGS
    }

_unsanitized = transition(
    implementation = _unsanitized_impl,
    inputs = _FLAGS,
    outputs = _FLAGS,
)

_unsanitized_binary = transitioned_binary_rule(
    cfg = _unsanitized,
    doc = "A binary that is built without sanitizers; `unsanitized_binary` declares it.",
)

def unsanitized_binary(name, srcs, deps = [], visibility = None):
    """Declares a static C++ binary, for tests, that can run in an otherwise empty root.

    Sanitizers would link it dynamically, and the libraries are not in that root.

    Args:
      name: name of the binary.
      srcs: sources and headers.
      deps: libraries.
      visibility: visibility of the binary.
    """
    cc_binary(
        name = name + "_program",
        testonly = True,
        srcs = srcs,
        features = ["fully_static_link"],
        linkstatic = True,
        deps = deps,
    )
    _unsanitized_binary(
        name = name,
        testonly = True,
        binary = name + "_program",
        visibility = visibility,
    )
