"""Tests of //rules/private/registry: locks, URLs, credentials."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/plan:locked.bzl", "named_images")
load("//rules/private/registry:base64.bzl", "decode_base64")
load("//rules/private/registry:credentials.bzl", "config_credentials", "helper_credentials", "netrc_machines")
load("//rules/private/registry:locked_blob_repo.bzl", "curl_config", "may_have_password", "percent_encoded", "token_of")
load("//rules/private/registry:locked_images.bzl", "locked_blobs", "parse_locked_images", "write_locked_images")
load("//rules/private/registry:pinned_image.bzl", "pinned_images")
load("//rules/private/registry:registry_url.bzl", "blob_url", "host_of", "mirror_error", "mirror_variable", "mirrors_of_host", "registry_of", "registry_origin", "repository_at", "repository_of", "split_list")

def _digest(character):
    return "sha256:" + character * 64

def _locked(image = "docker.io/library/debian:12@" + _digest("1"), platform = "linux/amd64", layers = "ab", **kwargs):
    return {
        "config": {"digest": _digest("c"), "mediaType": "config", "size": 3},
        "image": image,
        "layers": [
            {
                "diff_id": _digest("d"),
                "digest": _digest(character),
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": 1,
            }
            for character in layers.elems()
        ],
        "manifest": {"digest": _digest("2"), "mediaType": "manifest", "size": 2},
        "platform": platform,
    } | kwargs

def _parse(*images, registries = [], signatures = []):
    return parse_locked_images(json.encode({"images": images, "registries": registries, "signatures": signatures, "version": 1}))

def _evidence(**kwargs):
    return {
        "documents": ["e30="],
        "image": "docker.io/library/debian:12@" + _digest("1"),
        "policy": "//a:debian.verify",
        "signatures": [{"payload": "e30=", "signature": "eA=="}],
    } | kwargs

def _parse_test_impl(ctx):
    env = unittest.begin(ctx)
    lock = _parse(_locked(), registries = [{"realm": "https://a/token", "registry": "docker.io", "service": "s"}])
    asserts.equals(env, None, lock.error)
    asserts.equals(env, [_locked()], lock.images)
    asserts.equals(env, {"docker.io": struct(realm = "https://a/token", service = "s")}, lock.registries)
    asserts.equals(env, [], parse_locked_images("{\"version\": 1}").images)
    for lock, want in [
        (parse_locked_images("["), "expected a JSON object"),
        (parse_locked_images("{\n<<<<<<< HEAD\n"), "expected a JSON object\nhint: resolve the merge conflict in it: keep the lines of both sides, one per image and platform"),
        (parse_locked_images("{\"images\": []}"), "version: expected 1, got null"),
        (parse_locked_images("{\"version\": 2}"), "version: expected 1, got 2"),
        (parse_locked_images("{\"version\": 1, \"images\": 1}"), "images: expected a list, got 1"),
        (parse_locked_images("{\"version\": 1, \"registries\": null}"), "registries: expected a list, got null"),
        (_parse(_locked(), _locked()), "docker.io/library/debian:12 is locked twice for linux/amd64: delete the line of one"),
        (_parse(_locked(), _locked(image = "debian:12@" + _digest("5"))), "docker.io/library/debian:12 is locked twice for linux/amd64: delete the line of one"),
        (_parse(_locked(), _locked(platform = "linux/arm64/v9"), _locked(image = "debian@" + _digest("1"))), None),
        (_parse(_locked(platform = "")), "images[0]: platform: expected os/architecture[/variant], got \"\""),
        (_parse(_locked(platform = "linux")), "images[0]: platform: expected os/architecture[/variant], got \"linux\""),
        (_parse(_locked(platform = "linux/x:y\"")), "images[0]: platform: expected os/architecture[/variant], got \"linux/x:y\"\""),
        (_parse(_locked(image = "[evil?]/x@" + _digest("1"))), "images[0]: image: expected NAME@sha256:…, got \"[evil?]/x@%s\"" % _digest("1")),
        (_parse(_locked(onbuild = None)), "images[0]: onbuild: expected a list of strings"),
        (_parse("x"), "images[0]: expected an object, got a string"),
        (_parse(_locked(), _locked(platform = 1)), "images[1]: platform: expected a string, got 1"),
        (_parse(_locked(image = "debian:12")), "images[0]: image: expected NAME@sha256:…, got \"debian:12\""),
        (_parse(_locked(image = "../x@" + _digest("1"))), "images[0]: image: expected NAME@sha256:…, got \"../x@%s\"" % _digest("1")),
        (_parse(_locked(config = {"digest": "sha256:x", "mediaType": "", "size": 1})), "images[0]: config: digest: expected sha256:…, got \"sha256:x\""),
        (_parse(_locked(manifest = {"digest": _digest("1"), "mediaType": ""})), "images[0]: manifest: size: expected an integer, got null"),
        (_parse(_locked() | {"layers": [{"diff_id": "x", "digest": _digest("1"), "mediaType": "", "size": 1}]}), "images[0]: layers[0]: diff_id: expected sha256:…, got \"x\""),
        (_parse(_locked(onbuild = [1])), "images[0]: onbuild: expected a list of strings"),
        (_parse(registries = [{}]), "registries[0]: realm: expected a string, got null"),
        (_parse(_locked(), signatures = [_evidence()]), None),
        (_parse(signatures = [{}]), "signatures[0]: documents: expected a list, got null"),
        (_parse(signatures = [_evidence(policy = "@evil//:x")]), "signatures[0]: policy: expected //PACKAGE:NAME, got \"@evil//:x\""),
        (_parse(signatures = [_evidence(), _evidence()]), "signatures: docker.io/library/debian:12@%s is there twice: delete the line of one" % _digest("1")),
    ]:
        asserts.equals(env, want, lock.error)
    return unittest.end(env)

def _blobs_test_impl(ctx):
    env = unittest.begin(ctx)
    blobs = locked_blobs([
        _parse(_locked(), registries = [
            {"realm": "r", "registry": "docker.io", "service": "s"},
            {"realm": "", "registry": "mirror.example", "service": ""},
        ]),
        _parse(_locked(image = "localhost:5000/a/b@" + _digest("1"), layers = "be")),
        _parse(_locked(image = "python@" + _digest("1"), layers = "ac")),
    ])
    hub = {"registry": "docker.io", "repository": "library/debian"}
    local = {"registry": "localhost:5000", "repository": "a/b"}
    logins = {"docker.io": {"realm": "r", "service": "s"}, "mirror.example": {"realm": "", "service": ""}}
    asserts.equals(
        env,
        [
            # A config that is a layer of another image.
            (_digest("c"), _digest("d"), [hub, local], logins),
            (_digest("a"), _digest("d"), [hub], logins),
            (_digest("b"), _digest("d"), [hub, local], logins),
            (_digest("e"), _digest("d"), [local], {"mirror.example": logins["mirror.example"]}),
        ],
        [
            (
                digest,
                blob["diff_id"],
                [json.decode(source) for source in blob["sources"]],
                {name: json.decode(login) for name, login in blob["logins"].items()},
            )
            for digest, blob in blobs.items()
        ],
    )
    written = write_locked_images("hub", _parse(_locked(onbuild = ["RUN x"])))
    name = "debian_12_linux_amd64_" + "2" * 64
    asserts.equals(
        env,
        [{"onbuild": ["RUN x"], "platform": "linux/amd64", "policy": "", "reference": "docker.io/library/debian:12", "target": name}],
        written.images,
    )
    for part in [
        "    name = \"%s\",\n" % name,
        "    name = \"%s.remote\",\n" % name,
        "    config = \"@hub_blob_%s//:blob\",\n" % ("c" * 64),
        "    layers = [\n    \"@hub_blob_%s//:layer\",\n    \"@hub_blob_%s//:layer\"\n],\n" % ("a" * 64, "b" * 64),
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ]:
        asserts.true(env, part in written.build, part + " in\n" + written.build)
    asserts.equals(env, 1, written.build.count("layers = ["))
    asserts.equals(
        env,
        ["docker.io/library/debian@" + _digest("1")],
        [image["reference"] for image in write_locked_images("hub", _parse(_locked(image = "debian@" + _digest("1")))).images],
    )
    signed = write_locked_images("hub", _parse(_locked(), signatures = [_evidence(), _evidence(image = "other")]))
    asserts.equals(env, ["//a:debian.verify"], [image["policy"] for image in signed.images])
    for part in [
        "    manifest = \"%s\",\n" % _digest("2"),
        "    policy = \"@@//a:debian.verify\",\n",
    ]:
        asserts.equals(env, 2, signed.build.count(part), part + " in\n" + signed.build)
    asserts.false(env, "policy" in written.build)
    layer = _locked()["layers"][0]
    extended = _parse(_locked() | {"layers": [layer | {"annotations": {"a": "b"}, "urls": ["https://h/a"]}]})
    asserts.equals(env, write_locked_images("hub", _parse(_locked() | {"layers": [layer]})), write_locked_images("hub", extended))
    return unittest.end(env)

def _url_test_impl(ctx):
    env = unittest.begin(ctx)
    for reference, registry, repository, origin in [
        ("debian", "docker.io", "library/debian", "https://registry-1.docker.io"),
        ("ghcr.io/a/b:1@" + _digest("1"), "ghcr.io", "a/b", "https://ghcr.io"),
        ("localhost:5000/a", "localhost:5000", "a", "http://localhost:5000"),
        ("127.0.0.1:5000/a:b", "127.0.0.1:5000", "a", "http://127.0.0.1:5000"),
        ("127.evil.example:5000/a", "127.evil.example:5000", "a", "https://127.evil.example:5000"),
        ("localhost.example/a", "localhost.example", "a", "https://localhost.example"),
    ]:
        asserts.equals(env, (registry, repository, origin), (registry_of(reference), repository_of(reference), registry_origin(registry_of(reference))), reference)
    asserts.equals(env, "https://m/v2/p/q/a/b/blobs/sha256:1", blob_url("https://m/p/q/", "a/b", "sha256:1"))
    asserts.equals(env, "http://m:1/v2/a/b/blobs/sha256:1", blob_url("http://m:1", "a/b", "sha256:1"))
    asserts.equals(env, ["p/q/a/b", "a/b"], [repository_at(origin, "a/b") for origin in ["https://m/p/q/", "http://m:1"]])
    for url, want in [
        ("https://m:1/p", "m:1"),
        ("https://auth.docker.io/token?a=b&c=d%20e", "auth.docker.io"),
        ("http://[::1]:5000/token", "[::1]:5000"),
        ("https://m?x=y", "m"),
        ("https://evil.example?@auth.docker.io/token", "evil.example"),
    ] + [(url, None) for url in [
        "",
        "m",
        "file:///etc/passwd",
        "HTTPS://m/p",
        "https:///evil.example/token",
        "https:////evil.example/token",
        "https://user@m/p",
        "https://auth.docker.io@evil.example/token",
        "https://evil.example\\@auth.docker.io/token",
        "https://auth.docker.io\\.evil.example/token",
        "https://evil.example#@auth.docker.io/token",
        "https://auth.docker.io/#token",
        "https://{evil.example,auth.docker.io}/token",
        "https://auth.docker.io/{a,b}",
        "https://auth.docker.io/[1-9]",
        "https://[evil.example]/token",
        "https://[]/token",
        "https://auth.docker.io:/token",
        "https://auth.docker.io:x/token",
        "https://auth.docker.io./token",
        "https://auth.docker.io /token",
        "https://auth.docker.io/token\nurl = x",
        "https://auth.docker.io/\"",
    ]]:
        asserts.equals(env, want, host_of(url), url)
    for url, want in [
        ("https://m:1/p/q", None),
        ("http://m", None),
        ("ftp://m", "ftp://m"),
        ("https://m/?p", "https://m/?p"),
        ("https://user:hunter2@m/p", "https://…@m/p"),
        ("https://us/er:hun/ter2@m/p", "https://…@m/p"),
    ]:
        asserts.equals(env, "expected http[s]://HOST[:PORT][/PATH], got \"%s\"" % want if want else None, mirror_error(url), url)
    asserts.equals(env, ["a", "b", "c"], split_list(" a, b c,"))
    asserts.equals(env, [], split_list(None))
    environment = struct(getenv = {"RD_A_EXAMPLE_MIRROR": "http://x, https://y/p", "RD_DOCKER_IO_MIRROR": "https://z", "RD_C_EXAMPLE_MIRROR": "https://w"}.get)
    asserts.equals(
        env,
        {"docker.io": ["https://z"], "b.example": ["https://b"], "a.example": ["http://x", "https://y/p"]},
        mirrors_of_host(environment, {"b.example": ["https://b"]}, ["docker.io", "a.example", "d.example"]),
    )
    asserts.equals(env, {"docker.io": ["https://z", "https://q"]}, mirrors_of_host(environment, {"docker.io": ["https://q"]}, []))
    asserts.equals(
        env,
        ["debian", "r.example/a:2", "m.example/b"],
        named_images(outline_dockerfile("ARG R=r.example\nARG T=2\nFROM debian AS x\nFROM $R/a:$T\nRUN --mount=from=m.example/b,target=/b x\nFROM $NONE/x")),
    )
    asserts.equals(env, "RD_DOCKER_IO_MIRROR", mirror_variable("docker.io"))
    asserts.equals(env, "RD_LOCALHOST_5000_MIRROR", mirror_variable("localhost:5000"))
    return unittest.end(env)

def _credentials_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want in [
        ("", ""),
        ("Zg==", "f"),
        ("Zm8", "fo"),
        ("Zm9v", "foo"),
        ("dXNlcjpwOnfDtnJk", "user:p:w\303\266rd"),
        ("Zm9vY", None),
        ("Zm9 ", None),
    ]:
        asserts.equals(env, want, decode_base64(text), text)
    login = struct(username = "user", password = "p:w", identity_token = "")
    for config, registry, helpers, want in [
        ({}, "a", [], None),
        ({"auths": {"a": {"auth": "dXNlcjpwOnc="}}}, "a", [], login),
        ({"auths": {"https://a/": {"username": "user", "password": "p:w"}}}, "a", [], login),
        ({"auths": {"a": None}}, "a", [], None),
        ({"auths": {"b": {"auth": "dXNlcjpwOnc="}, "a": {}}}, "a", [], None),
        ({"auths": {"https://index.docker.io/v1/": {"auth": "dXNlcjpwOnc="}}}, "docker.io", [], login),
        ({"auths": {"a": {"identitytoken": "t"}}}, "a", [], struct(username = "", password = "", identity_token = "t")),
        ({"credsStore": "s", "auths": {"a": {"auth": "dXNlcjpwOnc="}}}, "a", [("s", "a")], login),
        ({"credHelpers": {"a": "h"}, "credsStore": "s"}, "a", [("h", "a")], None),
        ({"credHelpers": {"b": "h"}}, "a", [], None),
    ]:
        found = config_credentials(config, registry)
        asserts.equals(env, (helpers, want), (found.helpers, found.login), json.encode(config))
    for text, want in [
        ("{\"Username\": \"user\", \"Secret\": \"p:w\"}", login),
        ("{\"Username\": \"<token>\", \"Secret\": \"t\"}", struct(username = "", password = "", identity_token = "t")),
        ("credentials not found", None),
        ("{\"Username\": \"user\"}", None),
    ]:
        asserts.equals(env, want, helper_credentials(text), text)
    for text, want in [
        ("{\"token\": \"a.b\", \"expires_in\": 1}", "a.b"),
        ("{\"access_token\": \"c\"}", "c"),
        ("{\"token\": \"a\\r\\nX: y\"}", None),
        ("{\"token\": 1}", None),
        ("[]", None),
        ("", None),
    ]:
        asserts.equals(env, want, token_of(text), text)
    for realm, registry, hosts, want in [
        ("https://auth.docker.io/token", "docker.io", [], True),
        ("https://auth.docker.io/token", "ghcr.io", [], False),
        ("https://gitlab.com/jwt/auth", "registry.gitlab.com", [], True),
        ("https://ghcr.io/token", "ghcr.io", [], True),
        ("https://ghcr.io:444/token", "ghcr.io", [], False),
        ("https://auth.example/token", "h.example", [], False),
        ("https://auth.example/token", "h.example", ["x", "auth.example"], True),
        ("https://evil.example?@auth.docker.io/token", "docker.io", [], False),
        ("https:///evil.example/token", "docker.io", [""], False),
    ]:
        asserts.equals(env, want, may_have_password(realm, registry, hosts), realm)
    for registry, want in [
        ("docker.io", ["docker.io", "index.docker.io", "registry-1.docker.io"]),
        ("h.example", ["h.example", "h.example"]),
        ("h.example:5000", ["h.example:5000", "h.example"]),
        ("[::1]:5000", ["[::1]:5000", "[::1]"]),
        ("[::1]", ["[::1]", "[::1]"]),
    ]:
        asserts.equals(env, want, netrc_machines(registry), registry)
    asserts.equals(env, "Az-._~%20%22%25%26%0A%C3%B6", percent_encoded("Az-._~ \"%&\n\303\266"))
    head = "silent\nfail\ngloboff\nproto = \"=https\"\nmax-time = 30\n"
    asserts.equals(
        env,
        head + "url = \"https://a/t?x=y&scope=s\"\nuser = \"us\\\"er:p\\\\w\\nurl = x\"\n",
        curl_config("https://a/t?x=y", "scope=s", struct(username = "us\"er", password = "p\\w\nurl = x", identity_token = "")),
    )
    asserts.equals(
        env,
        head + "url = \"https://a/t\"\ndata = \"grant_type=refresh_token\"\ndata = \"client_id=rules_dockerfile\"\ndata = \"service=v\"\ndata = \"scope=s\"\ndata-urlencode = \"refresh_token=t+t\"\n",
        curl_config("https://a/t", "service=v&scope=s", struct(username = "", password = "", identity_token = "t+t")),
    )
    return unittest.end(env)

def _pinned_test_impl(ctx):
    env = unittest.begin(ctx)
    pinned = "docker.io/library/debian@" + _digest("1")
    outline = outline_dockerfile("""
ARG D=%s
FROM debian:12@${D} AS a
FROM --platform=linux/arm/v6 debian
COPY --from=debian@%s / /
""" % (_digest("1"), _digest("2")))
    for locked, references in [
        ([], [pinned, "docker.io/library/debian@" + _digest("2")]),
        ([{"reference": "docker.io/library/debian@" + _digest("2")}], [pinned]),
    ]:
        images = pinned_images(outline, {}, locked)
        asserts.equals(env, references, {image.reference: None for image in images}.keys())
        asserts.equals(
            env,
            ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/ppc64le", "linux/riscv64", "linux/s390x", "linux/arm/v6"],
            [image.platform for image in images if image.reference == pinned],
        )
    asserts.equals(
        env,
        ["docker.io/library/debian@" + _digest("3")],
        {image.reference: None for image in pinned_images(outline, {"D": _digest("3")}, [{"reference": "docker.io/library/debian@" + _digest("2")}])}.keys(),
    )
    return unittest.end(env)

_blobs_test = unittest.make(_blobs_test_impl)
_credentials_test = unittest.make(_credentials_test_impl)
_parse_test = unittest.make(_parse_test_impl)
_pinned_test = unittest.make(_pinned_test_impl)
_url_test = unittest.make(_url_test_impl)

def registry_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _blobs_test,
        _credentials_test,
        _parse_test,
        _pinned_test,
        _url_test,
    )
