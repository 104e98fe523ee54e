"""Outlines of all Dockerfiles in some directories, for comparison with the parser's."""

load("//rules/private/outline:outline.bzl", "outline_dockerfile")

# Number of mutations of each Dockerfile.
_MUTATIONS = 12

# Pieces that are special to the parsers of lines and words.
_PIECES = [
    "\302\240<<E",
    " ",
    "  \\",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\013",
    "\"",
    "#",
    "# escape=`\n",
    "$",
    "${A:-",
    "${A:=b}",
    "${A/b/c}",
    "${A:-b} <<E\nE\n",
    "'",
    ",",
    "--",
    "--from=0 ",
    "--mount=from=0,target=/x ",
    "<",
    "<<",
    "<<-E",
    "<<E\nE\n",
    "=",
    "ONBUILD ",
    "FROM ",
    "[",
    "[\"a\", \"b\"]",
    "\\",
    "\\ \n",
    "\\\n",
    "\\\\",
    "]",
    "`",
    "`\n",
    "}",
    "\302\240",
    "\342\200\200",
    "\377",
]

def _outline_corpus_repo_impl(rctx):
    entries = []
    directories = [rctx.path(root).dirname for root in rctx.attr.roots]
    for _ in range(3):
        deeper = []
        for directory in directories:
            for path in directory.readdir(watch = "yes"):
                if path.is_dir:
                    deeper.append(path)
                elif "Dockerfile" in path.basename and "ignore" not in path.basename:
                    name = str(path).removeprefix(str(rctx.workspace_root) + "/")
                    entries += _entries(name, rctx.read(path, watch = "yes"))
        directories = deeper
    rctx.file("corpus", "".join(entries), legacy_utf8 = False)
    rctx.file("BUILD.bazel", "exports_files([\"corpus\"])\n")

def _entries(name, text):
    entries = [_entry(name, text)]
    state = hash(name) & 0x7fffffff
    for i in range(_MUTATIONS):
        mutated = text
        for _ in range(1 + i % 3):
            # The constants of ANSI C's rand().
            state = (state * 1103515245 + 12345) & 0x7fffffff
            mutated = _mutated(mutated, state >> 4)
        entries.append(_entry("%s, changed %d" % (name, i), mutated))
    return entries

def _mutated(text, random):
    """Inserts a piece into the text, or removes some bytes."""
    at = random % (len(text) + 1)
    kind = random // 65536 % (len(_PIECES) + 8)
    if kind >= len(_PIECES):
        return text[:at] + text[at + 1 + kind - len(_PIECES):]
    return text[:at] + _PIECES[kind] + text[at:]

def _entry(name, text):
    """Returns a line `SIZE SIZE NAME`, then Dockerfile and outline of those sizes."""
    outline = json.encode(outline_dockerfile(text))
    return "%d %d %s\n%s%s" % (len(text), len(outline), name, text, outline)

outline_corpus_repo = repository_rule(
    implementation = _outline_corpus_repo_impl,
    doc = "Outlines each file with the name of a Dockerfile, and deterministic mutations of it.",
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
            "//testdata:BUILD.bazel",
        ],
    )

outline_corpus = module_extension(
    implementation = _outline_corpus_impl,
    doc = "Outlines the Dockerfiles of this repository.",
)
