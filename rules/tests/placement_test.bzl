"""Tests of the paths of files in a build context."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/context:placement.bzl", "clean_path", "merge_entries", "stripped_path")

def _clean_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for path, want in [
        ("a", "a"),
        ("./a//b/", "a/b"),
        ("a/../b", "b"),
        ("./", "."),
        ("", "."),
    ]:
        asserts.equals(env, want, clean_path(path), path)
    return unittest.end(env)

def _stripped_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for short_path, package, strip_prefix, want in [
        ("web/static/js/a.js", "web", None, "static/js/a.js"),
        ("../web+/static/a.js", "", None, "static/a.js"),
        ("../web+/web/static/a.js", "web", None, "static/a.js"),
        # Another package, and another repository.
        ("lib/js/a.js", "web", None, "lib/js/a.js"),
        ("website/a.js", "web", None, "website/a.js"),
        ("../npm+/web/a.js", None, None, "web/a.js"),
        ("web/static/js/a.js", "web", "static", "js/a.js"),
        ("web/static/js/a.js", "web", "./static/js/", "a.js"),
        ("web/static", "web", "static", ""),
        ("web/statics/a.js", "web", "static", None),
        ("lib/js/a.js", "web", "js", None),
        ("web/js/a.js", "web", "", "js/a.js"),
        ("lib/js/a.js", "web", "/lib/js", "a.js"),
        ("lib/js/a.js", "web", "/", "lib/js/a.js"),
        ("../npm+/lib/js/a.js", None, "/lib", "js/a.js"),
        ("../npm+/lib/js/a.js", None, "lib", None),
        ("web/static/js/a.js", "web", "*", "a.js"),
    ]:
        asserts.equals(
            env,
            want,
            stripped_path(short_path, package, strip_prefix),
            "%s of %s without %s" % (short_path, package, strip_prefix),
        )
    return unittest.end(env)

def _entry(path, file, label, is_directory = False):
    return struct(path = path, file = struct(short_path = file, is_directory = is_directory), label = label)

def _merge_entries_test_impl(ctx):
    env = unittest.begin(ctx)
    a = _entry("x/a", "p/a", "//p:a")
    tree = _entry("x", "p/x", "//p:x", is_directory = True)
    more = _entry("x", "q/x", "//q:x", is_directory = True)
    for entries, want, error in [
        ([a, a], [a], None),
        ([a, tree, more], [a, tree, more], None),
        (
            [a, _entry("x/a", "q/a", "//q:a")],
            [],
            "the build context has two different files at \"x/a\": p/a of //p:a, and q/a of //q:a",
        ),
        (
            [a, _entry("x", "q/b", "//q:b")],
            [],
            "the build context has two different files at \"x\": q/b of //q:b, and p/a of //p:a at \"x/a\"",
        ),
        (
            [tree, _entry("x", "q/b", "//q:b")],
            [],
            "the build context has two different files at \"x\": p/x of //p:x, and q/b of //q:b",
        ),
    ]:
        got = merge_entries(entries)
        asserts.equals(env, error, got.error)
        asserts.equals(env, want, got.entries)
    return unittest.end(env)

_clean_path_test = unittest.make(_clean_path_test_impl)
_stripped_path_test = unittest.make(_stripped_path_test_impl)
_merge_entries_test = unittest.make(_merge_entries_test_impl)

def placement_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _clean_path_test,
        _stripped_path_test,
        _merge_entries_test,
    )
