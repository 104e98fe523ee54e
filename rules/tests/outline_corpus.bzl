"""Outlines of all Dockerfiles in some directories, to hold against the parser's."""

load("//rules/private/outline:outline.bzl", "outline_dockerfile")

def _outline_corpus_repo_impl(rctx):
    pairs = []
    directories = [rctx.path(root).dirname for root in rctx.attr.roots]
    for _ in range(3):
        deeper = []
        for directory in directories:
            for path in directory.readdir(watch = "yes"):
                if path.is_dir:
                    deeper.append(path)
                elif "Dockerfile" in path.basename and "ignore" not in path.basename:
                    pairs.append(_outline(rctx, path, len(pairs)))
        directories = deeper
    rctx.file("corpus.txt", "".join(["%s %s\n" % pair for pair in pairs]))
    rctx.file("BUILD.bazel", """exports_files(["corpus.txt"])

filegroup(
    name = "corpus",
    srcs = glob(["files/*"]),
    visibility = ["//visibility:public"],
)
""")

def _outline(rctx, path, number):
    text = rctx.read(path, watch = "yes")
    rctx.file("files/%d.Dockerfile" % number, text, legacy_utf8 = False)
    rctx.file(
        "files/%d.json" % number,
        json.encode(outline_dockerfile(text)),
        legacy_utf8 = False,
    )
    return number, str(path).removeprefix(str(rctx.workspace_root) + "/")

outline_corpus_repo = repository_rule(
    implementation = _outline_corpus_repo_impl,
    doc = "Outlines each file called like a Dockerfile; `corpus.txt` has number and path of each.",
    attrs = {
        "roots": attr.label_list(
            doc = "A file in each of the directories.",
        ),
    },
)

def _outline_corpus_impl(_mctx):
    outline_corpus_repo(
        name = "outline_corpus",
        roots = [
            "//e2e/conformance:BUILD.bazel",
            "//lib/dockerfile:BUILD.bazel",
        ],
    )

outline_corpus = module_extension(
    implementation = _outline_corpus_impl,
    doc = "Outlines the Dockerfiles of this repository.",
)
