"""Tests of the parser of lock files."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/network:lock.bzl", "checksummed_files", "locked_downloads", "mirror_of", "parse_network_lock")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")

_HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

def _parse_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, error in [
        ("{", "expected a JSON object"),
        ("[]", "expected a JSON object"),
        ("{\"version\": 2}", "version: expected 1, got 2"),
        ("{\"version\": 1, \"runs\": [{\"requests\": [{\"method\": \"GET\"}]}]}", "request: missing field \"url\""),
        (
            "{\"version\": 1, \"runs\": [{\"requests\": [{\"method\": \"GET\", \"url\": \"u\", \"status\": 200, \"sha256\": \"../x\", \"size\": 1}]}]}",
            "u: sha256: expected 64 lower-case hex digits, got \"../x\"",
        ),
        (
            "{\"version\": 1, \"files\": [{\"url\": \"u\"}]}",
            "u: sha256: expected 64 lower-case hex digits, got \"\"",
        ),
        ("{\"version\": 1, \"files\": [], \"runs\": []}", None),
    ]:
        asserts.equals(env, error, parse_network_lock(text).error, text)
    return unittest.end(env)

def _downloads_test_impl(ctx):
    env = unittest.begin(ctx)
    requests = [
        {"method": "GET", "url": "mirror:debian/a", "status": 200, "sha256": "1", "size": 5},
        {"method": "GET", "url": "again", "status": 200, "sha256": "1", "size": 5},
        {"method": "GET", "url": "empty", "status": 200, "sha256": "2", "size": 0},
        {"method": "GET", "url": "gone", "status": 404, "sha256": "2", "size": 0},
        {"method": "POST", "url": "answer", "status": 200, "sha256": "3", "size": 5},
    ]
    asserts.equals(
        env,
        {"1": "mirror:debian/a", "4": "https://h/f"},
        locked_downloads([{"url": "https://h/f", "sha256": "4"}], [{"requests": requests}]),
    )
    asserts.equals(env, ("debian", "dists/x"), mirror_of("mirror:debian/dists/x"))
    asserts.equals(env, ("", "https://h/mirror:a"), mirror_of("https://h/mirror:a"))
    return unittest.end(env)

def _checksum_test_impl(ctx):
    env = unittest.begin(ctx)
    digest = "--checksum=sha256:" + _HEX
    for instruction, urls in [
        ("ADD %s https://h/a /a" % digest, ["https://h/a"]),
        ("ADD --chmod=755 %s https://h/a /a" % digest, ["https://h/a"]),
        ("ADD https://h/a /a", []),
        ("ADD %s https://h/$A /a" % digest, []),
        ("ADD %s https://h/a.git#v1 /a" % digest, []),
        ("ADD --checksum=sha256:12 https://h/a /a", []),
        ("ADD %s a /a" % digest, []),
        ("COPY %s https://h/a /a" % digest, []),
    ]:
        files = checksummed_files(outline_dockerfile("FROM scratch\n" + instruction))
        asserts.equals(env, urls, [file["url"] for file in files], instruction)
        asserts.true(env, all([file["sha256"] == _HEX for file in files]), instruction)
    return unittest.end(env)

_parse_test = unittest.make(_parse_test_impl)
_downloads_test = unittest.make(_downloads_test_impl)
_checksum_test = unittest.make(_checksum_test_impl)

def network_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _parse_test,
        _downloads_test,
        _checksum_test,
    )
