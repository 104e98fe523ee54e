"""Tests that nothing of a locked image is used unless its signature is verified."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "image_verify")
load("//rules/private/registry:locked_image.bzl", "locked_image")
load("//rules/private/registry:locked_layer.bzl", "locked_layer")
load("//rules/private/registry:shared_image.bzl", "shared_image")
load(":test_image.bzl", "FAKE_TOOLCHAIN", "failure_test", "test_image")

def _digest(character):
    return "sha256:" + character * 64

def _use_test_impl(ctx):
    env = analysistest.begin(ctx)
    users = []
    for action in analysistest.target_actions(env):
        inputs = [file.short_path for file in action.inputs.to_list()]
        if not [path for path in inputs if "signed_debian" in path or "signed_layer" in path]:
            continue
        users.append(action.mnemonic)
        if action.mnemonic != "DockerfileVerify":
            asserts.true(
                env,
                [path for path in inputs if "/signed/" in path],
                "%s uses a base that is not verified: %s" % (action.mnemonic, inputs),
            )
    asserts.equals(env, ctx.attr.users, sorted({mnemonic: None for mnemonic in users}.keys()))
    return analysistest.end(env)

_use_test = analysistest.make(
    _use_test_impl,
    attrs = {"users": attr.string_list(doc = "Mnemonics of the actions that use the base.")},
    config_settings = FAKE_TOOLCHAIN,
)

def _verify_test_impl(ctx):
    env = analysistest.begin(ctx)
    actions = [action for action in analysistest.target_actions(env) if action.mnemonic == "DockerfileVerify"]
    asserts.equals(env, 1, len(actions))
    root = analysistest.target_bin_dir_path(env) + "/rules/tests/"
    arguments = [argument.replace(root, "").replace("rules/tests/", "") for argument in actions[0].argv[1:]]
    asserts.equals(env, [
        "--reference=docker.io/library/debian:12@" + _digest("1"),
        "--manifest=" + _digest("2"),
        "--platform=linux/amd64",
        "--evidence=signed_debian/signed/evidence.json",
        "--key=fake_tool.sh",
        "--key=base.tar",
        "--signed_as=other.example/debian",
        "--lock_command=bazel run //rules/tests:signed_debian.lock",
        "--config=base.tar",
        "--config_out=signed_debian/signed/config.json",
        "--descriptor=signed_debian/0.descriptor.json",
        "--descriptor_out=signed_debian/signed/0.descriptor.json",
        "--index=signed_layer.index",
        "--index_out=signed_debian/signed/0.index",
    ], arguments)
    return analysistest.end(env)

_verify_test = analysistest.make(_verify_test_impl, config_settings = FAKE_TOOLCHAIN)

def signing_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    locked_layer(
        name = "signed_layer",
        blob = "base.tar",
        diff_id = _digest("d"),
        media_type = "application/vnd.oci.image.layer.v1.tar",
        tags = ["manual"],
    )
    image_verify(
        name = "signed_debian.verify",
        keys = ["fake_tool.sh", "base.tar"],
        reference = "debian:12",
        signed_as = "other.example/debian",
        tags = ["manual"],
    )
    for suffix, layers in [("", [":signed_layer"]), (".remote", [])]:
        locked_image(
            name = "signed_debian" + suffix,
            config = "base.tar",
            descriptors = ["{}"],
            evidence = "{}",
            layers = layers,
            manifest = _digest("2"),
            platform = "linux/amd64",
            policy = ":signed_debian.verify",
            reference = "docker.io/library/debian:12@" + _digest("1"),
            tags = ["manual"],
        )
    images = [{
        "label": str(Label(":signed_debian")),
        "onbuild": [],
        "platform": "linux/amd64",
        "reference": "docker.io/library/debian:12",
        "lock_command": "",
    }]
    _verify_test(
        name = "verify_action_test",
        target_under_test = ":signed_debian",
    )
    tests = [":verify_action_test"]
    for target, dockerfile, users in [
        ("signed_labels", "FROM debian:12\nENV A=1", ["DockerfileImage", "DockerfileState"]),
        ("signed_run", "FROM debian:12\nRUN x", ["DockerfileArchive", "DockerfileExplore", "DockerfileImage", "DockerfileLayout", "DockerfileMtree", "DockerfileRun", "DockerfileSbom", "DockerfileState"]),
        ("signed_copy", "FROM debian:12\nWORKDIR /a", ["DockerfileArchive", "DockerfileCopy", "DockerfileExplore", "DockerfileImage", "DockerfileLayout", "DockerfileMtree", "DockerfileSbom", "DockerfileState"]),
        ("signed_source", "FROM scratch\nCOPY --from=debian:12 /a /", ["DockerfileCopy"]),
        ("signed_mount", "FROM scratch\nRUN --mount=from=debian:12,target=/m x", ["DockerfileRun"]),
    ]:
        test_image(name = target, dockerfile = dockerfile, locked_images = images, platform = "linux/amd64")
        _use_test(
            name = target + "_test",
            target_under_test = ":" + target,
            users = users,
        )
        tests.append(":%s_test" % target)
    image_verify(
        name = "verify_nothing",
        keys = ["base.tar"],
        reference = "UPPER",
        tags = ["manual"],
    )
    failure_test(
        name = "verify_nothing_test",
        message = "@@//rules/tests:verify_nothing: reference: expected [REGISTRY/]NAME[:TAG][@DIGEST], got \"UPPER\"",
        target_under_test = ":verify_nothing",
    )

    # An image of the lock of another package, which has the same keys.
    shared_image(
        name = "shared_debian",
        images = [images[0] | {"lock": "other/images.lock", "policy": "//rules/tests:shared_debian.verify"}],
        lock = "rules/tests/images.lock",
        mirrors = {},
        platform = "linux/amd64",
        reference = "debian:12",
        tags = ["manual"],
        verify = "base.tar",
    )
    failure_test(
        name = "shared_debian_test",
        message = "//rules/tests:shared_debian: reference = \"debian:12\": the image is not locked; run `bazel run //rules/tests:shared_debian.lock`",
        target_under_test = ":shared_debian",
    )
    native.test_suite(
        name = name,
        tests = tests + [":shared_debian_test", ":verify_nothing_test"],
    )
