"""Tests of the actions that dockerfile_image declares."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:defs.bzl", "image_push", "image_test")
load("//rules:providers.bzl", "ImageInfo")
load("//rules/private/actions:param_line.bzl", "param_line")
load(":actions_test_images.bzl", "actions_test_images")
load(":test_image.bzl", "FAKE_TOOLCHAIN", "failure_test")

def _command_lines(env, mnemonic):
    """Returns the actions of a mnemonic, as lists of flags without the output root."""
    lines = []
    for action in analysistest.target_actions(env):
        if action.mnemonic == mnemonic:
            root = analysistest.target_bin_dir_path(env) + "/rules/tests/"
            lines.append([arg.replace(root, "").replace("rules/tests/", "") for arg in action.argv[1:]])
    return lines

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(
        env,
        [json.decode(line) for line in ctx.attr.command_lines],
        _command_lines(env, ctx.attr.mnemonic),
    )
    return analysistest.end(env)

_actions_test = analysistest.make(
    _actions_test_impl,
    attrs = {
        "command_lines": attr.string_list(
            doc = "The flags of each action, as JSON lists.",
        ),
        "mnemonic": attr.string(
            doc = "Mnemonic of the actions.",
        ),
    },
    config_settings = FAKE_TOOLCHAIN,
)

def _image_info_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    image = target[ImageInfo]
    asserts.equals(env, "linux/amd64", image.platform)
    asserts.equals(env, ["RUN echo  a"], image.onbuild)
    asserts.equals(
        env,
        ["layers", "copy", "run"],
        [layer.tar.basename.partition(".")[0] for layer in image.layers],
    )
    groups = target[OutputGroupInfo]
    for group in ["blobs", "descriptor", "digest", "explore", "layers", "mtree", "oci_image_config", "oci_layout", "oci_tarball", "provenance", "root_blob"]:
        asserts.true(env, len(getattr(groups, group).to_list()) > 0, group)
    asserts.equals(env, ["manifest.json", "config.json"], [f.basename for f in target[DefaultInfo].files.to_list()])
    return analysistest.end(env)

_image_info_test = analysistest.make(_image_info_test_impl, config_settings = FAKE_TOOLCHAIN)

def _param_line_test_impl(ctx):
    env = unittest.begin(ctx)
    for argument, want in [
        ("--label=a=b \\n", "--label=a=b \\n"),
        ("--label=a=\n@b\r\n\\n", "\\--label=a=\\n@b\\r\\n\\\\n"),
    ]:
        asserts.equals(env, want, param_line(argument))
    return unittest.end(env)

_param_line_test = unittest.make(_param_line_test_impl)

def actions_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    actions_test_images()
    _param_line_test(name = "param_line_test")
    _actions_test(
        name = "copy_reads_its_files_the_workdir_state_and_the_indexes_below_test",
        target_under_test = ":copy.stage.one",
        mnemonic = "DockerfileCopy",
        command_lines = [json.encode([
            "--instruction=copy.stage.one/copy.381134dd.instruction",
            "--state=copy.stage.one/from.state.json",
            "--context_file=Dockerfile=Dockerfile",
            "--index=base/indexes",
            "--layer_out=copy.stage.one/copy.381134dd.layer.tar",
            "--index_out=copy.stage.one/copy.381134dd.layer.index",
            "--step_out=copy.stage.one/copy.381134dd.layer.step.json",
        ])],
    )
    _actions_test(
        name = "add_of_an_archive_reads_the_layers_below_test",
        target_under_test = ":add",
        mnemonic = "DockerfileCopy",
        command_lines = [
            json.encode([
                "--instruction=add/add.849ef1e9.instruction",
                "--state=add/from.state.json",
                "--context_file=Dockerfile=Dockerfile",
                "--index=base/indexes",
                "--layer_out=add/add.849ef1e9.layer.tar",
                "--index_out=add/add.849ef1e9.layer.index",
                "--step_out=add/add.849ef1e9.layer.step.json",
            ]),
            json.encode([
                "--instruction=add/add.137cc8b.instruction",
                "--state=add/from.state.json",
                "--context_file=Dockerfile=Dockerfile",
                "--context_file=base.tar=base.tar",
                "--layer=base/layers",
                "--layer=add/add.849ef1e9.layer.tar",
                "--index=base/indexes",
                "--index=add/add.849ef1e9.layer.index",
                "--layer_out=add/add.137cc8b.layer.tar",
                "--index_out=add/add.137cc8b.layer.index",
                "--step_out=add/add.137cc8b.layer.step.json",
            ]),
        ],
    )
    _actions_test(
        name = "run_reads_all_layers_below_test",
        target_under_test = ":run",
        mnemonic = "DockerfileRun",
        command_lines = [
            json.encode([
                "--instruction=run/run.90bf299e.instruction",
                "--state=run/from.state.json",
                "--layer=base/layers",
                "--index=base/indexes",
                "--build_arg=BUILDKIT_SANDBOX_HOSTNAME=h",
                "--build_arg=http_proxy=p",
                "\\--add_host=z=10.0.0.1\\n--network=host",
                "--add_host=b=10.0.0.2",
                "--add_host=c=host-gateway",
                "--network=host",
                "--layer_out=run/run.90bf299e.layer.tar",
                "--index_out=run/run.90bf299e.layer.index",
                "--step_out=run/run.90bf299e.layer.step.json",
            ]),
            json.encode([
                "--instruction=run/run.8769a403.instruction",
                "--state=run/from.state.json",
                "--layer=base/layers",
                "--layer=run/run.90bf299e.layer.tar",
                "--index=base/indexes",
                "--index=run/run.90bf299e.layer.index",
                "--context_file=base.tar=base.tar",
                "--build_arg=BUILDKIT_SANDBOX_HOSTNAME=h",
                "--build_arg=http_proxy=p",
                "\\--add_host=z=10.0.0.1\\n--network=host",
                "--add_host=b=10.0.0.2",
                "--add_host=c=host-gateway",
                "--network=host",
                "--layer_out=run/run.8769a403.layer.tar",
                "--index_out=run/run.8769a403.layer.index",
                "--step_out=run/run.8769a403.layer.step.json",
            ]),
        ],
    )
    _actions_test(
        name = "image_gets_the_arguments_that_args_name_test",
        target_under_test = ":args",
        mnemonic = "DockerfileImage",
        command_lines = [
            json.encode([
                "--platform=linux/amd64",
                "--instruction=args/arg.738f4e13.instruction",
                "--instruction=args/arg.738f4ecd.instruction",
                "--instruction=args/label.64e35fd0.instruction",
                "--build_arg=A=1",
                "--global_arg=G=g-amd64",
                "--config_out=args/config.json",
                "--manifest_out=args/manifest.json",
                "--descriptor_out=args/manifest.descriptor.json",
                "--digest_out=args/manifest.digest",
            ]),
        ],
    )
    _actions_test(
        name = "state_has_what_is_above_its_reader_test",
        target_under_test = ":states",
        mnemonic = "DockerfileState",
        command_lines = [
            # Of the WORKDIR, which expands nothing.
            json.encode([
                "--platform=linux/amd64",
                "--state_out=states/from.state.json",
            ]),
            # Of the first COPY: the ENV is not in it.
            json.encode([
                "--platform=linux/amd64",
                "--instruction=states/workdir.7792b07e.instruction",
                "--state_out=states/place.workdir.7792b07e.state.json",
            ]),
            # Of the RUN, without the LABEL.
            json.encode([
                "--platform=linux/amd64",
                "--instruction=states/env.b27b2404.instruction",
                "--instruction=states/workdir.7792b07e.instruction",
                "--instruction=states/arg.738f4e13.instruction",
                "--build_arg=A=1",
                "--state_out=states/arg.738f4e13.state.json",
            ]),
            # Of the second COPY, below a WORKDIR that expands a variable.
            json.encode([
                "--platform=linux/amd64",
                "--instruction=states/env.b27b2404.instruction",
                "--instruction=states/workdir.7792b07e.instruction",
                "--instruction=states/arg.738f4e13.instruction",
                "--instruction=states/workdir.779280a9.instruction",
                "--build_arg=A=1",
                "--state_out=states/workdir.779280a9.state.json",
            ]),
            # Of later stages: nothing reads them here.
            json.encode([
                "--platform=linux/amd64",
                "--instruction=states/env.b27b2404.instruction",
                "--instruction=states/workdir.7792b07e.instruction",
                "--instruction=states/arg.738f4e13.instruction",
                "--instruction=states/workdir.779280a9.instruction",
                "--instruction=states/env.b27b9882.instruction",
                "--build_arg=A=1",
                "--state_out=states/env.b27b9882.state.json",
            ]),
        ],
    )
    _actions_test(
        name = "check_gets_the_configs_of_the_bases_test",
        target_under_test = ":checked.check",
        mnemonic = "DockerfileCheck",
        command_lines = [
            json.encode([
                "--dockerfile=Dockerfile",
                "--filename=Dockerfile",
                "--check_outline=checked.check.outline.json",
                "--lint=off",
                "--target=",
                "--platform=linux/amd64",
                "--build_platform=linux/amd64",
                "--build_arg=B=docker.io/library/base",
                "--unknown_bases",
                "--needed_stages_only",
                "--stamp=checked.check.stamp",
            ]),
            json.encode([
                "--dockerfile=Dockerfile",
                "--filename=Dockerfile",
                "--rules_only",
                "--lint=warn",
                "--target=",
                "--platform=linux/amd64",
                "--build_platform=linux/amd64",
                "--build_arg=B=docker.io/library/base",
                "--base_config=base=base/imported.config.json",
                "--base_config=docker.io/library/base=base/imported.config.json",
                "--unknown_bases",
                "--needed_stages_only",
                "--stamp=checked.check.lint.stamp",
            ]),
        ],
    )
    _actions_test(
        name = "provenance_has_no_secret_and_no_proxy_test",
        target_under_test = ":attested",
        mnemonic = "DockerfileProvenance",
        command_lines = [json.encode([
            "--image=attested/manifest.descriptor.json",
            "--name=attested:latest",
            "--dockerfile=Dockerfile",
            "--dockerfile_path=Dockerfile",
            "--target=1",
            "--platform=linux/amd64",
            "--network=none",
            "--build_arg=A=1",
            "--base={\"descriptor\":\"base/manifest.descriptor.json\",\"name\":\"base\",\"platform\":\"linux/amd64\",\"reference\":\"\"}",
            "--context_file=Dockerfile=Dockerfile",
            "--statement_out=attested/provenance.json",
        ])],
    )
    _actions_test(
        name = "the_layout_of_a_push_has_the_attestations_test",
        target_under_test = ":attested.push",
        mnemonic = "DockerfileLayout",
        command_lines = [json.encode([
            "--ref_name=latest",
            "--layout_out=attested.push.oci_layout",
            "--attestation=0:provenance:attested/provenance.json",
            "--attestation_format=referrers",
            "--manifest=attested/manifest.json",
            "--config=attested/config.json",
            "--blob=attested/copy.14aa3750.layer.blob",
            "--blob=attested/copy.3b768f34.layer.blob",
            "--descriptor=attested/copy.14aa3750.descriptor.json",
            "--descriptor=attested/copy.3b768f34.descriptor.json",
        ])],
    )
    image_push(
        name = "push_of_nothing",
        attestations = ["provenance"],
        image = ":base",
        tags = ["manual"],
        testonly = True,
    )
    failure_test(
        name = "push_of_nothing_test",
        target_under_test = ":push_of_nothing",
        message = "push_of_nothing: attestations: @@//rules/tests:base has no output group \"provenance\"",
    )
    _image_info_test(
        name = "image_info_test",
        target_under_test = ":info",
    )
    failure_test(
        name = "no_base_test",
        target_under_test = ":no_base",
        message = "rules/tests/Dockerfile:2: FROM debian:12: image \"debian:12\" is not locked; run `bazel run //rules/tests:no_base.lock`, or add bases = {\"debian:12\": \"//label\"}",
    )
    _actions_test(
        name = "a_syntax_error_is_reported_before_a_missing_base_test",
        target_under_test = ":no_base_and_no_instruction",
        mnemonic = "DockerfileCheck",
        command_lines = [json.encode([
            "--dockerfile=Dockerfile",
            "--filename=Dockerfile",
            "--check_outline=no_base_and_no_instruction.check.outline.json",
            "--lint=warn",
            "--target=",
            "--platform=linux/amd64",
            "--build_platform=linux/amd64",
            "--unknown_bases",
            "--needed_stages_only",
            "--error=Dockerfile:1: FROM debian:12: image \"debian:12\" is not locked; run `bazel run //rules/tests:no_base_and_no_instruction.lock`, or add bases = {\"debian:12\": \"//label\"}",
            "--stamp=no_base_and_no_instruction.check.stamp",
        ])],
    )
    failure_test(
        name = "no_source_test",
        target_under_test = ":no_source",
        message = "rules/tests/Dockerfile:2: COPY a b /c/: \"a\" is not in the build context\nhint: add it to srcs or context_paths, or check the .dockerignore file",
    )
    failure_test(
        name = "no_url_test",
        target_under_test = ":no_url",
        message = "rules/tests/Dockerfile:2: ADD https://a/b /c/: \"https://a/b\" is neither locked nor in remote_files\nhint: run `bazel run //rules/tests:no_url.lock`, or add remote_files = {\"https://a/b\": \"//label\"}",
    )
    image_test(
        name = "nothing_to_test",
        image = ":info",
        tags = ["manual"],
    )
    failure_test(
        name = "nothing_to_test_test",
        target_under_test = ":nothing_to_test",
        message = "nothing_to_test: expected at least one of configs, commands, files, contents and metadata",
    )
    native.test_suite(
        name = name,
        tests = [
            "a_syntax_error_is_reported_before_a_missing_base_test",
            "add_of_an_archive_reads_the_layers_below_test",
            "check_gets_the_configs_of_the_bases_test",
            "copy_reads_its_files_the_workdir_state_and_the_indexes_below_test",
            "image_gets_the_arguments_that_args_name_test",
            "image_info_test",
            "no_base_test",
            "no_source_test",
            "no_url_test",
            "nothing_to_test_test",
            "provenance_has_no_secret_and_no_proxy_test",
            "push_of_nothing_test",
            "run_reads_all_layers_below_test",
            "state_has_what_is_above_its_reader_test",
            "the_layout_of_a_push_has_the_attestations_test",
        ],
    )
