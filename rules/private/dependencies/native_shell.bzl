"""The `native_shell` repository rule: rules_shell for Bazel 7, which has its rules built in."""

def _native_shell_impl(rctx):
    for rule in ["sh_binary", "sh_library", "sh_test"]:
        rctx.file("shell/%s.bzl" % rule, "{0} = native.{0}\n".format(rule))
    rctx.file("shell/BUILD.bazel")

native_shell = repository_rule(
    implementation = _native_shell_impl,
    doc = "A repository with the .bzl files of rules_shell, which export the rules of Bazel itself.",
)
