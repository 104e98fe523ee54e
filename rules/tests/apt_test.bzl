"""Tests of //rules/private/apt."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules/private/apt:apt_rootfs.bzl", "apt_rootfs")
load("//rules/private/apt:debian_packages.bzl", "missing_packages_message")
load("//rules/private/apt:lock.bzl", "parse_apt_lock")
load("//rules/private/apt:mirrors.bzl", "mirrors_from_index_targets", "no_mirror_message")
load("//rules/private/apt:sources.bzl", "debian_sources")
load(":test_image.bzl", "FAKE_TOOLCHAIN")

_PACKAGE = {
    "name": "apt",
    "version": "2.6.2",
    "architecture": "amd64",
    "archive": "debian-security",
    "path": "pool/updates/main/a/apt/apt_2.6.2_amd64.deb",
    "sha256": "796fc7fe18866f5b1fb27a115d7339e549d71b7ddbc15b8d6fc4226c243e96d1",
    "size": 1373116,
}

_LOCK = {
    "version": 1,
    "suite": "bookworm",
    "architecture": "amd64",
    "date": 1783764997,
    "packages": [_PACKAGE],
}

_MIRRORS = {
    "debian": "http://mirror.example/debian",
    "debian-security": "http://mirror.example/debian-security",
}

def _parse_test_impl(ctx):
    env = unittest.begin(ctx)
    lock = parse_apt_lock(json.encode(_LOCK))
    asserts.equals(env, None, lock.error)
    asserts.equals(env, ("bookworm", "amd64", 1783764997), (lock.suite, lock.architecture, lock.date))
    asserts.equals(env, [struct(**_PACKAGE)], lock.packages)
    return unittest.end(env)

_parse_test = unittest.make(_parse_test_impl)

def _parse_error_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want in [
        ("", "expected a JSON object"),
        ("[]", "expected a JSON object"),
        ("{}", "version: expected 1, got None; lock the packages again"),
        (json.encode(_LOCK | {"version": 2}), "version: expected 1, got 2; lock the packages again"),
        ("{\"version\": 1}", "missing field \"suite\""),
        (
            json.encode(_LOCK | {"architecture": "x86_64"}),
            "architecture: expected amd64, arm64, armel, armhf, i386, mips64el, ppc64el, riscv64, s390x, got \"x86_64\"",
        ),
        (json.encode(_LOCK | {"packages": ["apt"]}), "package: expected an object, got \"apt\""),
    ] + [
        (json.encode(_LOCK | {"packages": [_PACKAGE | change]}), want)
        for change, want in [
            ({"archive": "ubuntu"}, "package \"apt\": archive: expected debian or debian-security, got \"ubuntu\""),
            ({"path": "../x.deb"}, "package \"apt\": path: expected pool/….deb, got \"../x.deb\""),
            ({"path": "pool/../x.deb"}, "package \"apt\": path: expected pool/….deb, got \"pool/../x.deb\""),
            ({"path": "/x.deb"}, "package \"apt\": path: expected pool/….deb, got \"/x.deb\""),
            ({"sha256": "abc"}, "package \"apt\": sha256: expected 64 lower-case hex digits, got \"abc\""),
        ]
    ] + [
        (
            json.encode(_LOCK | {"packages": [{"name": "apt"}]}),
            "package \"apt\": missing field \"version\"",
        ),
    ]:
        asserts.equals(env, want, parse_apt_lock(text).error)
    return unittest.end(env)

_parse_error_test = unittest.make(_parse_error_test_impl)

def _mirrors_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, _MIRRORS, mirrors_from_index_targets(
        "https://node.example/node_20.x/\n" +
        "http://mirror.example/debian/\n" +
        "http://mirror.example/debian/\n" +
        "http://other.example/debian/\n" +
        "file:/srv/debian/\n" +
        "http://mirror.example/debian-security/\n",
    ))
    asserts.equals(env, {}, mirrors_from_index_targets(""))
    asserts.equals(
        env,
        "//app:lock.json: no mirror of the archive \"debian\" among the host's apt sources\nhint: set RD_DEBIAN_MIRROR to its URL " +
        "(--repo_env=RD_DEBIAN_MIRROR=URL in .bazelrc), or the attribute mirrors",
        no_mirror_message("//app:lock.json", "debian"),
    )
    return unittest.end(env)

_mirrors_test = unittest.make(_mirrors_test_impl)

def _missing_packages_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(
        env,
        """\
//app:lock.json: packages are not available with the locked digests:
  apt 2.6.2: http://mirror.example/debian-security/pool/updates/main/a/apt/apt_2.6.2_amd64.deb
hint: Debian mirrors have only the newest packages: run the apt_lock target of this file with `bazel run`,
or set RD_DEBIAN_MIRROR and RD_DEBIAN_SECURITY_MIRROR to mirrors that have these packages""",
        missing_packages_message("//app:lock.json", [struct(**_PACKAGE)], _MIRRORS),
    )
    return unittest.end(env)

_missing_packages_test = unittest.make(_missing_packages_test_impl)

def _sources_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
""", debian_sources("bookworm", _MIRRORS, frozen = False))
    asserts.equals(env, """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Check-Valid-Until: no
Check-Date: no
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
""", debian_sources("bookworm", {"debian": "http://mirror.example/debian"}, frozen = True))
    return unittest.end(env)

_sources_test = unittest.make(_sources_test_impl)

def _tools_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, {
        "DebConfigure": "rules/tests/fake_tool.sh",
        "DebExtract": "rules/tests/fake_tool.sh",
        "DebFlatten": "rules/tests/fake_tool.sh",
    }, {
        action.mnemonic: action.argv[0]
        for action in analysistest.target_actions(env)
        if action.mnemonic.startswith("Deb")
    })
    return analysistest.end(env)

_tools_test = analysistest.make(
    _tools_test_impl,
    config_settings = FAKE_TOOLCHAIN,
)

def apt_test_suite(name):
    apt_rootfs(
        name = name + ".rootfs",
        date = 0,
        debs = ["a.deb"],
        platform = "linux/amd64",
        sources = "debian.sources",
        tags = ["manual"],
    )
    _tools_test(
        name = name + ".tools",
        target_under_test = name + ".rootfs",
    )
    unittest.suite(
        name,
        _parse_test,
        _parse_error_test,
        _mirrors_test,
        _missing_packages_test,
        _sources_test,
    )
