"""The `system_library` repository rule: a library that is installed on the host."""

def _system_library_impl(rctx):
    lines = ['load("@rules_cc//cc:cc_library.bzl", "cc_library")']
    for target, flag in rctx.attr.targets.items():
        lines.append('cc_library(name = "%s", linkopts = ["%s"], visibility = ["//visibility:public"])' % (target, flag))
    rctx.file("BUILD.bazel", "\n".join(lines) + "\n")

system_library = repository_rule(
    implementation = _system_library_impl,
    doc = "A library whose headers and files are in the default search paths of the compiler.",
    attrs = {
        "targets": attr.string_dict(
            doc = "The linker flag of each target.",
            mandatory = True,
        ),
    },
)
