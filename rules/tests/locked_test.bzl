"""Tests of locked images: their selection and their use."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:defs.bzl", "reproducible_test")
load("//rules:providers.bzl", "ImageInfo")
load("//rules/private/network:network_lock.bzl", "network_lock")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/plan:base_use.bzl", "is_linked", "reads_layers")
load("//rules/private/plan:graph.bzl", "resolve_stages")
load("//rules/private/providers:network_lock_info.bzl", "locked_run_key")
load("//rules/private/registry:locked_image.bzl", "locked_image")
load("//rules/private/registry:locked_layer.bzl", "locked_layer")
load(":test_image.bzl", "FAKE_TOOLCHAIN", "failure_test", "test_image")

def _digest(character):
    return "sha256:" + character * 64

def _reads_layers_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want in [
        ("RUN x", True),
        ("COPY a /", True),
        ("COPY --link a /", False),
        ("COPY --chown=1:2 --link=true a /", False),
        ("COPY --link=True a /", False),
        ("COPY --link=false a /", True),
        ("COPY --link --chmod=600 a /", True),
        ("ADD --chmod=u+x --link a /", True),
        ("COPY a --link", True),
        ("ADD --link a /", False),
        ("WORKDIR /", False),
        ("WORKDIR /a", True),
        ("ENV A=--link", False),
        ("ONBUILD RUN x", False),
        ("USER x", False),
    ]:
        instruction = outline_dockerfile("FROM scratch\n" + text)["stages"][0]["instructions"][0]
        asserts.equals(env, want, reads_layers(instruction), text)
    windows = outline_dockerfile("# escape=`\nFROM scratch\nCOPY --lin`\nk a /")["stages"][0]["instructions"][0]
    asserts.equals(env, True, is_linked(windows))
    return unittest.end(env)

_IMAGES = [
    struct(reference = "docker.io/library/debian:12", platform = "linux/amd64", label = "debian_amd64", onbuild = [], lock_command = ""),
    struct(reference = "docker.io/library/debian:12", platform = "linux/arm64", label = "debian_arm64", onbuild = [], lock_command = ""),
    struct(reference = "docker.io/library/go:1", platform = "linux/amd64", label = "go_amd64", onbuild = [], lock_command = ""),
    struct(reference = "docker.io/library/pin@" + _digest("7"), platform = "linux/amd64", label = "pin_amd64", onbuild = [], lock_command = ""),
    struct(reference = "docker.io/library/go:1", platform = "linux/amd64", label = "shared_go", onbuild = [], lock_command = "bazel run //x:NAME.lock", lock = "x/images.lock", policy = ""),
    struct(reference = "docker.io/library/shared:1", platform = "linux/amd64", label = "shared_amd64", onbuild = [], lock_command = "bazel run //x:NAME.lock", lock = "x/images.lock", policy = ""),
    struct(reference = "docker.io/library/node:onbuild", platform = "linux/amd64", label = "node_amd64", onbuild = ["COPY --from=go:1 x /", "RUN x"], lock_command = ""),
]

def _shared(platform, label, lock, policy):
    return struct(reference = "docker.io/library/base:1", platform = platform, label = label, onbuild = [], lock_command = "bazel run //x:NAME.lock", lock = lock, policy = policy)

_SIGNED = [_shared("linux/amd64", "signed_amd64", "s/images.lock", "//s:base.verify")]
_UNSIGNED = [_shared(platform, "unsigned", "u/images.lock", "") for platform in ["linux/amd64", "linux/arm64"]]
_OTHER = [_shared("linux/amd64", "other", "o/images.lock", "//o:base.verify")]
_OWN = [struct(reference = "docker.io/library/base:1", platform = "linux/amd64", label = "own", onbuild = [], lock_command = "")]

def _resolve(text, platform = None, locked = _IMAGES, bases = {}, unknown_args = []):
    return resolve_stages(
        outline_dockerfile(text),
        bases = bases,
        dockerfile = "app/Dockerfile",
        lock_command = "bazel run //app:image.lock",
        locked = locked,
        platform = platform,
        unknown_args = unknown_args,
    )

def _labels(image):
    return {platform: locked.label for platform, locked in image.choice.images.items()}

def _choice_test_impl(ctx):
    env = unittest.begin(ctx)
    both = {"linux/amd64": "debian_amd64", "linux/arm64": "debian_arm64"}
    for text, platform, on_build, want in [
        ("FROM debian:12", "linux/arm64", False, {"": "debian_arm64"}),
        ("FROM debian:12", None, False, both),
        ("FROM docker.io/library/debian:12", None, False, both),
        ("FROM --platform=arm64 debian:12", None, False, {"": "debian_arm64"}),
        ("FROM --platform=$TARGETPLATFORM debian:12", None, False, both),
        ("FROM --platform=linux/$TARGETARCH debian:12", None, False, both),
        ("ARG P=linux/$TARGETARCH\nFROM --platform=$P debian:12", None, False, both),
        ("FROM --platform=$BUILDPLATFORM debian:12", None, True, both),
        ("FROM pin@" + _digest("7"), "linux/amd64", False, {"": "pin_amd64"}),
        ("FROM pin:3@" + _digest("7"), "linux/amd64", False, {"": "pin_amd64"}),
        ("FROM --platform=$BUILDPLATFORM go:1", "linux/arm64", True, {"linux/amd64": "go_amd64"}),
    ]:
        resolved = _resolve(text, platform)
        asserts.equals(env, None, resolved.stages[-1].error, text)
        base = resolved.stages[-1].base
        asserts.equals(env, (on_build, want), (base.choice.on_build, _labels(base)), text)

    # What only one lock has, and what the own lock has.
    for locked, want in [
        (_SIGNED, "signed_amd64"),
        (_SIGNED + _SIGNED, "signed_amd64"),
        (_UNSIGNED + _UNSIGNED, "unsigned"),
        (_OWN + _UNSIGNED, "own"),
    ]:
        resolved = _resolve("FROM base:1", "linux/amd64", locked)
        asserts.equals(env, None, resolved.stages[-1].error)
        asserts.equals(env, {"": want}, _labels(resolved.stages[-1].base))

    # COPY --from has the platform of the stage, and so have triggers.
    resolved = _resolve("FROM --platform=arm64 debian:12 AS a\nFROM a\nCOPY --from=debian:12 x /")
    asserts.equals(env, {"": "debian_arm64"}, _labels(resolved.stages[-1].sources["debian:12"]))
    resolved = _resolve("FROM node:onbuild", "linux/amd64")
    asserts.equals(env, {"": "go_amd64"}, _labels(resolved.stages[-1].sources["go:1"]))
    asserts.equals(env, True, resolved.stages[-1].reads_layers)
    asserts.equals(env, "B", _resolve("FROM debian:12", bases = {"debian:12": "B"}).stages[-1].base)
    return unittest.end(env)

def _use_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want in [
        ("FROM debian:12\nCMD x\nCOPY --link a /", [False]),
        ("FROM debian:12\nRUN x", [True]),
        ("FROM debian:12 AS a\nENV A=1\nFROM a\nCMD x", [False, False]),
        ("FROM debian:12 AS a\nENV A=1\nFROM a\nRUN x", [True, True]),
        ("FROM debian:12 AS a\nENV A=1\nFROM go:1\nCOPY --link --from=a x /", [True, False]),
        ("FROM debian:12 AS a\nRUN x\nFROM a\nCMD x", [True, False]),
    ]:
        asserts.equals(env, want, [stage.reads_layers for stage in _resolve(text, "linux/amd64").stages], text)
    resolved = _resolve("FROM a AS x\nFROM --platform=arm64 b\nCOPY --from=c / /\nCOPY --from=x / /\nFROM scratch\nRUN --mount=from=d,target=/d x", bases = {"a": "A"})
    asserts.equals(env, [("b", "arm64"), ("c", "arm64"), ("d", "")], [(e.reference, e.platform) for e in resolved.external])

    # An image in a shared lock is not required in the own lock.
    resolved = _resolve("FROM shared:1\nCOPY --from=shared:1 / /\nFROM go:1\nCOPY --from=shared:1 / /", "linux/amd64")
    asserts.equals(env, [("go:1", "")], [(e.reference, e.platform) for e in resolved.external])
    asserts.equals(env, {"": "go_amd64"}, _labels(resolved.stages[-1].base))
    return unittest.end(env)

def _choice_errors_test_impl(ctx):
    env = unittest.begin(ctx)
    for resolved, want in [
        (_resolve("FROM debian:13"), "app/Dockerfile:1: FROM debian:13: image \"debian:13\" is not locked; run `bazel run //app:image.lock`, or add bases = {\"debian:13\": \"//label\"}"),
        (_resolve("FROM go:1", "linux/arm64"), "app/Dockerfile:1: FROM go:1: the image is locked for linux/amd64, not for linux/arm64; run `bazel run //app:image.lock`"),
        (_resolve("FROM shared:1", "linux/arm64"), "app/Dockerfile:1: FROM shared:1: the image is locked for linux/amd64, not for linux/arm64; run `bazel run //x:NAME.lock`"),
        (_resolve("FROM scratch\nCOPY --from=go:1 x /", "linux/arm64"), "app/Dockerfile:2: COPY --from=go:1 x /: the image is locked for linux/amd64, not for linux/arm64; run `bazel run //app:image.lock`"),
        (_resolve("FROM --platform=linux/s390x debian:12"), "app/Dockerfile:1: FROM debian:12: the image is locked for linux/amd64, linux/arm64, not for linux/s390x; run `bazel run //app:image.lock`"),
        (_resolve("ARG P\nFROM --platform=$P debian:12", unknown_args = ["P"]), "app/Dockerfile:2: FROM debian:12: --platform=$P is not known before the build; set platform = \"…\", or add bases = {\"debian:12\": \"//label\"}"),
    ] + [
        (
            _resolve(text, platform, locked),
            "app/Dockerfile:%d: %s: expected image \"base:1\" with the same verify in all shared locks, got %s\nhint: add bases = {\"base:1\": \"//label\"} with the base_image that is meant" % (text.count("\n") + 1, text.rpartition("\n")[2], got),
        )
        for text, platform, locked, got in [
            ("FROM base:1", "linux/amd64", _UNSIGNED + _SIGNED, "none in u/images.lock, //s:base.verify in s/images.lock"),
            ("FROM base:1", "linux/amd64", _SIGNED + _UNSIGNED, "none in u/images.lock, //s:base.verify in s/images.lock"),
            ("FROM base:1", "linux/arm64", _SIGNED + _UNSIGNED, "none in u/images.lock, //s:base.verify in s/images.lock"),
            ("FROM base:1", None, _OWN + _SIGNED + _UNSIGNED, "none in u/images.lock, //s:base.verify in s/images.lock"),
            ("FROM base:1", "linux/amd64", _SIGNED + _OTHER, "//o:base.verify in o/images.lock, //s:base.verify in s/images.lock"),
            ("FROM scratch\nCOPY --from=base:1 x /", "linux/amd64", _UNSIGNED + _SIGNED, "none in u/images.lock, //s:base.verify in s/images.lock"),
        ]
    ]:
        asserts.equals(env, want, resolved.stages[-1].error)

    # The Dockerfile's own lock cannot replace what has to be signed.
    want = "app/Dockerfile:1: FROM base:1: expected image \"base:1\" with verify = //s:base.verify as in s/images.lock, got one without in app/Dockerfile.lock\nhint: delete the image from app/Dockerfile.lock"
    for platform in ["linux/amd64", None]:
        asserts.equals(env, want, _resolve("FROM base:1", platform, _OWN + _SIGNED).stages[-1].error)
    return unittest.end(env)

_choice_errors_test = unittest.make(_choice_errors_test_impl)
_choice_test = unittest.make(_choice_test_impl)
_reads_layers_test = unittest.make(_reads_layers_test_impl)
_use_test = unittest.make(_use_test_impl)

def _layers_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    image = target[ImageInfo]
    asserts.equals(env, ctx.attr.layers, [layer.tar.basename.partition(".")[0] if layer.tar else "-" for layer in image.layers])
    asserts.equals(env, ctx.attr.layers, [layer.index.basename.partition(".")[0] if layer.index else "-" for layer in image.layers])
    asserts.equals(env, ["0.descriptor.json"], [layer.descriptor.basename for layer in image.layers[:1]])
    asserts.equals(env, ["docker.io/library/debian:12@" + _digest("1")], image.sources)
    asserts.equals(env, "-" not in ctx.attr.layers, hasattr(target[OutputGroupInfo], "oci_layout"))
    return analysistest.end(env)

_layers_test = analysistest.make(
    _layers_test_impl,
    attrs = {"layers": attr.string_list(doc = "The tars of the layers, `-` for one that is left in its registry.")},
    config_settings = FAKE_TOOLCHAIN,
)

def _materials_test_impl(ctx):
    env = analysistest.begin(ctx)
    flags = [
        flag.replace(analysistest.target_bin_dir_path(env) + "/rules/tests/", "").replace("rules/tests/", "")
        for action in analysistest.target_actions(env)
        if action.mnemonic == "DockerfileProvenance"
        for flag in action.argv
        if flag.partition("=")[0] in ["--base", "--network", "--network_lock", "--remote"]
    ]
    asserts.equals(env, ctx.attr.flags, flags)
    return analysistest.end(env)

_materials_test = analysistest.make(
    _materials_test_impl,
    attrs = {"flags": attr.string_list(doc = "What the provenance of the image has of images and of the network.")},
    config_settings = FAKE_TOOLCHAIN,
)

def _given_images():
    locked_layer(
        name = "locked_layer",
        blob = "base.tar",
        diff_id = _digest("d"),
        media_type = "application/vnd.oci.image.layer.v1.tar",
        tags = ["manual"],
    )
    for suffix, layers in [("", [":locked_layer"]), (".remote", [])]:
        locked_image(
            name = "locked_debian" + suffix,
            config = "base.tar",
            descriptors = ["{}"],
            layers = layers,
            platform = "linux/amd64",
            reference = "docker.io/library/debian:12@" + _digest("1"),
            tags = ["manual"],
        )
    images = [{
        "label": str(Label(":locked_debian")),
        "onbuild": [],
        "platform": "linux/amd64",
        "reference": "docker.io/library/debian:12",
        "lock_command": "",
    }]
    for name, dockerfile, platform in [
        ("locked_metadata", "FROM debian:12\nENV A=1", "linux/amd64"),
        ("locked_stages", "FROM debian:12 AS a\nENV A=1\nFROM a\nENV B=2", "linux/amd64"),
        ("locked_names", "FROM debian:12 AS a\nENV A=1\nFROM a AS a.whole\nRUN x\nFROM a.whole", "linux/amd64"),
        ("locked_run", "FROM debian:12\nRUN x", "linux/amd64"),
        ("locked_index", "FROM debian:12\nRUN x", None),
    ]:
        test_image(name = name, dockerfile = dockerfile, locked_images = images, platform = platform)
    blob = "e" * 64
    native.genrule(
        name = "locked_blob",
        outs = ["fake/" + blob],
        cmd = "false",
        tags = ["manual"],
    )
    network_lock(
        name = "network_lock",
        blobs = [":locked_blob"],
        files = json.encode([{"platform": "linux/amd64", "sha256": blob, "stage": "0", "url": "https://h/a"}]),
        runs = {"base.tar": json.encode({"blobs": [blob], "key": locked_run_key("0", "linux/amd64", "RUN x\n"), "mirrors": []})},
        tags = ["manual"],
    )
    test_image(
        name = "locked_network",
        dockerfile = "FROM scratch\nADD https://h/a /\nADD https://h/b /\nRUN x\nRUN other",
        network = "locked",
        network_lock = ":network_lock",
        remote_files = {"https://h/b": "base.tar"},
    )
    test_image(
        name = "run_on_metadata",
        bases = {"base": ":locked_metadata"},
        dockerfile = "FROM base\nRUN x",
    )
    test_image(
        name = "run_on_whole",
        bases = {"base": ":locked_metadata.whole"},
        dockerfile = "FROM base\nRUN x",
    )
    test_image(
        name = "copy_from_metadata",
        bases = {"base": ":locked_metadata"},
        dockerfile = "FROM scratch\nCOPY --from=base / /",
    )

def locked_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name + ".units",
        _choice_errors_test,
        _choice_test,
        _reads_layers_test,
        _use_test,
    )
    _given_images()
    for target, layers in [
        ("locked_metadata", ["-"]),
        ("locked_metadata.whole", ["locked_layer"]),
        ("locked_stages.stage.a", ["-"]),
        ("locked_stages.stage.a.whole", ["locked_layer"]),
        ("locked_stages.stage.1.whole", ["locked_layer"]),
        ("locked_names.stage.a", ["locked_layer"]),
        ("locked_names.stage.a.whole", ["locked_layer", "run"]),
        ("locked_run", ["locked_layer", "run"]),
        ("locked_run.whole", ["locked_layer", "run"]),
        ("locked_index", ["locked_layer", "run"]),
        ("run_on_whole", ["locked_layer", "run"]),
    ]:
        _layers_test(
            name = target + "_layers_test",
            layers = layers,
            target_under_test = ":" + target,
        )
    locked = json.encode({"name": "debian:12", "platform": "linux/amd64", "reference": "docker.io/library/debian:12@" + _digest("1")})
    for target, flags in [
        ("locked_stages", ["--network=none", "--base=" + locked]),
        ("locked_stages.whole", ["--network=none", "--base=" + locked]),
        (
            "locked_network",
            [
                "--network=locked",
                "--remote=" + json.encode({"sha256": "e" * 64, "uri": "https://h/a"}),
                "--remote=" + json.encode({"file": "base.tar", "sha256": "", "uri": "https://h/b"}),
                "--network_lock=base.tar",
            ],
        ),
    ]:
        _materials_test(
            name = target + "_materials_test",
            flags = flags,
            target_under_test = ":" + target,
        )
    failure_test(
        name = "run_on_metadata_test",
        message = "rules/tests/Dockerfile:1: FROM base: expected an image with all layers, got @@//rules/tests:locked_metadata, which leaves those of docker.io/library/debian:12 in the registry\nhint: use @@//rules/tests:locked_metadata.whole",
        target_under_test = ":run_on_metadata",
    )
    failure_test(
        name = "copy_from_metadata_test",
        message = "rules/tests/Dockerfile:1: --from=base: expected an image with all layers, got @@//rules/tests:locked_metadata, which leaves those of docker.io/library/debian:12 in the registry",
        target_under_test = ":copy_from_metadata",
    )
    reproducible_test(
        name = "reproducible_metadata",
        image = ":locked_metadata",
        tags = ["manual"],
    )
    failure_test(
        name = "reproducible_metadata_test",
        message = "@@//rules/tests:reproducible_metadata: expected an image with all layers, got @@//rules/tests:locked_metadata, which leaves those of docker.io/library/debian:12 in the registry\nhint: use @@//rules/tests:locked_metadata.whole",
        target_under_test = ":reproducible_metadata",
    )
    native.test_suite(
        name = name,
        tests = [
            name + ".units",
            "copy_from_metadata_test",
            "locked_index_layers_test",
            "locked_metadata.whole_layers_test",
            "locked_metadata_layers_test",
            "locked_names.stage.a.whole_layers_test",
            "locked_network_materials_test",
            "locked_names.stage.a_layers_test",
            "locked_run.whole_layers_test",
            "locked_run_layers_test",
            "locked_stages.stage.1.whole_layers_test",
            "locked_stages.whole_materials_test",
            "locked_stages_materials_test",
            "locked_stages.stage.a.whole_layers_test",
            "locked_stages.stage.a_layers_test",
            "reproducible_metadata_test",
            "run_on_metadata_test",
            "run_on_whole_layers_test",
        ],
    )
