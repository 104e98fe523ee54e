"""Pages of the source tree that are generated, and held by a test."""

load("@rules_shell//shell:sh_binary.bzl", "sh_binary")
load("@rules_shell//shell:sh_test.bzl", "sh_test")

def generated_docs(name, pages, directories):
    """Declares a target for `bazel run` that writes pages, and the test `NAME_test` that they are up to date.

    Args:
      name: name of the target.
      pages: dict from page, a path in this package, to the target that
        generates it.
      directories: directories of this package whose pages are all generated.
    """
    package = native.package_name()
    args = ["'bazel run //%s:%s'" % (package, name)] + [
        "%s/%s" % (package, directory)
        for directory in directories
    ] + ["--"] + [
        "%s/%s=$(rootpath %s)" % (package, page, label)
        for page, label in pages.items()
    ]
    script = "//tools/dev/docs:generated_docs.sh"
    sh_binary(
        name = name,
        srcs = [script],
        args = ["--update"] + args,
        data = pages.values(),
    )
    sh_test(
        name = name + "_test",
        size = "small",
        srcs = [script],
        args = ["--check"] + args,
        data = pages.values() + native.glob(
            list(pages) + [directory + "/*.md" for directory in directories],
            allow_empty = True,
        ),
    )
