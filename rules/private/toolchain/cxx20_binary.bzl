"""The `cxx20_binary` rule: a C++ binary that is compiled as C++20."""

load(":transitioned_binary.bzl", "transitioned_binary_rule")

_FLAG = "-std=c++20"

def _cxx20_impl(settings, _attr):
    flags = settings["//command_line_option:cxxopt"]
    return {
        "//command_line_option:cxxopt": flags if _FLAG in flags else flags + [_FLAG],
        # The tools do not depend on the conditions under which they run.
        "//rules/settings:other_conditions": False,
    }

_cxx20 = transition(
    implementation = _cxx20_impl,
    inputs = ["//command_line_option:cxxopt"],
    outputs = [
        "//command_line_option:cxxopt",
        "//rules/settings:other_conditions",
    ],
)

cxx20_binary = transitioned_binary_rule(
    cfg = _cxx20,
    doc = "A C++ binary and its dependencies, compiled as C++20 whatever the flags of the workspace are.",
)
