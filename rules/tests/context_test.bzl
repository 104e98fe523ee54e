"""Tests of //rules/private/context."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/context:archives.bzl", "names_archive")
load("//rules/private/context:ignore.bzl", "ignores", "parse_ignore")
load("//rules/private/context:pattern.bzl", "match_component", "match_components", "path_components")
load("//rules/private/context:select.bzl", "is_git", "missing_source", "select_entries", "select_remote_files")
load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")

def _pattern_test_impl(ctx):
    env = unittest.begin(ctx)
    for pattern, name, want in [
        ("a", "a", True),
        ("a", "b", False),
        ("*", ".x", True),
        ("*.go", "a.go", True),
        ("*.go", "a.goo", False),
        ("a*b*c", "axxbxbyc", True),
        ("a*b*c", "axxc", False),
        ("?", "a", True),
        ("?", "", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[]a]", "a", True),
        ("arr[[]0]", "arr[0]", True),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("**", "", True),
    ]:
        asserts.equals(env, want, match_component(pattern, name), pattern + " " + name)
    for pattern, path, want in [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/**", "a/b/c", True),
        ("**/c", "a/b/c", True),
        ("**/c", "c", True),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("a/**/c", "b/c", False),
    ]:
        asserts.equals(env, want, match_components(pattern.split("/"), path.split("/")), pattern + " " + path)
    asserts.equals(env, ["a", "c"], path_components("/./a//b/../c/"))
    return unittest.end(env)

def _ignore_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, path, want in [
        ("a", "a", True),
        ("a", "a/b", True),
        ("/a/", "a/b", True),
        ("a", "x/a", False),
        ("*.md", "a.md", True),
        ("*.md", "x/a.md", False),
        ("**/*.md", "x/y/a.md", True),
        ("**/node_modules", "x/node_modules/a/b", True),
        ("*/tmp", "x/tmp/a", True),
        ("a/**", "a", False),
        ("a/**", "a/b", True),
        ("**", "a/b", True),
        ("# a\na", "a", True),
        ("#a", "#a", False),
        ("a\n!a/b", "a/b/c", False),
        ("a\n!a/b\na/b/c", "a/b/c", True),
        ("*\n!src", "src/x", False),
        ("*\n! src", "src/x", False),
        ("*\n!src", "b", True),
        ("\357\273\277a\r\n\r\n", "a", True),
        ("", "a", False),
        ("./x/./a", "x/a", True),
        ("*/x\n!d", "d/x/y", True),
        ("*/x\n!d", "d/y", False),
        ("d\n*/x\n!d", "d/x", False),
        ("a?b", "a\303\244b", True),
        ("a??b", "a\303\244b", False),
    ]:
        asserts.equals(env, want, ignores(parse_ignore(text), path), text + " " + path)
    for text in ["a**b", "[ab]", "!", "!/", "\\a", "a]", "^*", "../a", "/!a", "/ a", "a/ /"]:
        asserts.equals(env, None, parse_ignore(text), text)
    return unittest.end(env)

def _entry(path, is_directory = False):
    return struct(path = path, file = struct(is_directory = is_directory))

def _select_test_impl(ctx):
    env = unittest.begin(ctx)
    entries = [_entry(p) for p in ["a.go", "b.txt", "src/a.go", "src/x/b.go", "src2/c"]]
    tree = _entry("out", is_directory = True)
    for sources, want in [
        (["."], ["a.go", "b.txt", "src/a.go", "src/x/b.go", "src2/c", "out"]),
        (["/"], ["a.go", "b.txt", "src/a.go", "src/x/b.go", "src2/c", "out"]),
        (["src"], ["src/a.go", "src/x/b.go"]),
        (["./src/", "b.txt"], ["b.txt", "src/a.go", "src/x/b.go"]),
        (["*.go"], ["a.go"]),
        (["src/*.go"], ["src/a.go"]),
        (["src*"], ["src/a.go", "src/x/b.go", "src2/c"]),
        (["src/**/b.go"], ["src/a.go", "src/x/b.go"]),
        (["$X/a"], ["a.go", "b.txt", "src/a.go", "src/x/b.go", "src2/c", "out"]),
        (["../src"], ["src/a.go", "src/x/b.go"]),
        (["out/bin/x"], ["out"]),
        (["https://example.com/x"], []),
        ([], []),
    ]:
        got = [entry.path for entry in select_entries(entries + [tree], sources)]
        asserts.equals(env, want, got, str(sources))
    for sources, want in [
        (["src", "no"], "no"),
        (["no*"], None),
        (["$no"], None),
        (["https://example.com/x"], None),
        (["out/no"], None),
        (["out2"], "out2"),
    ]:
        asserts.equals(env, want, missing_source(entries + [tree], sources), str(sources))
    return unittest.end(env)

def _archives_test_impl(ctx):
    env = unittest.begin(ctx)
    for keyword, sources, text, want in [
        ("ADD", ["a.tar"], "", True),
        ("ADD", ["b", "d/A.TAR.GZ"], "", True),
        ("ADD", ["*.tgz"], "", True),
        ("ADD", ["app-$V.tar.xz"], "", True),
        ("ADD", ["a.tar.d/f"], "", False),
        ("ADD", ["atar"], "", False),
        ("ADD", ["$JAR"], "", False),
        ("ADD", ["."], "", False),
        ("ADD", ["https://a/b.tar"], "ADD https://a/b.tar /", False),
        ("ADD", ["https://a/b.tar?x=/y"], "ADD --unpack https://a/b.tar?x=/y /", True),
        ("COPY", ["a.tar"], "", False),
        ("WORKDIR", [], "", False),
    ]:
        outlined = {"keyword": keyword, "sources": sources, "text": text}
        asserts.equals(env, want, names_archive(outlined), keyword + str(sources))
    return unittest.end(env)

def _remote_test_impl(ctx):
    env = unittest.begin(ctx)
    files = {"https://a/b": "B", "https://a/c.git#main": "C"}
    for sources, want in [
        (["a", "https://a/b"], struct(files = {"https://a/b": "B"}, missing = None)),
        (["https://a/x"], struct(files = {}, missing = "https://a/x")),
        (["https://a/$X"], struct(files = files, missing = None)),
        (["a"], struct(files = {}, missing = None)),
    ]:
        asserts.equals(env, want, select_remote_files(files, sources), str(sources))
    for source, want in [
        ("https://a/b", False),
        ("https://a/b.git", True),
        ("https://a/b.git#v1:dir", True),
        ("git@a:b", True),
        ("ssh://a/b", True),
    ]:
        asserts.equals(env, want, is_git(source), source)
    return unittest.end(env)

def _literal_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, '"a\\n\\"\\\\"', starlark_literal("a\n\"\\"))
    asserts.equals(env, '"\\001\\\\u0001\\037"', starlark_literal("\001\\u0001\037"))
    asserts.equals(env, '{\n    "a": [\n        1\n    ]\n}', starlark_literal({"a": [1]}))
    return unittest.end(env)

_pattern_test = unittest.make(_pattern_test_impl)
_ignore_test = unittest.make(_ignore_test_impl)
_select_test = unittest.make(_select_test_impl)
_archives_test = unittest.make(_archives_test_impl)
_remote_test = unittest.make(_remote_test_impl)
_literal_test = unittest.make(_literal_test_impl)

def context_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _pattern_test,
        _ignore_test,
        _select_test,
        _archives_test,
        _remote_test,
        _literal_test,
    )
