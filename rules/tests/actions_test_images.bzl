"""The images of actions_test.bzl."""

load("//rules:defs.bzl", "base_image")
load(":test_image.bzl", "test_image")

def actions_test_images():
    """Declares the images whose actions actions_test.bzl looks at."""
    base_image(
        name = "base",
        platform = "linux/amd64",
        rootfs = "base.tar",
        tags = ["manual"],
        testonly = True,
    )
    test_image(
        name = "copy",
        dockerfile = "\n".join([
            "FROM base AS one",
            "ENV A=1",
            "COPY Dockerfile /x/",
            "FROM scratch",
            "COPY --from=one /x /y",
        ]),
        srcs = ["Dockerfile", "base.tar"],
        bases = {"base": ":base"},
    )
    test_image(
        name = "add",
        dockerfile = "\n".join([
            "FROM base",
            "ADD Dockerfile /x/",
            "ADD [\"Dockerfile\", \"base.tar\", \"/x/\"]",
        ]),
        srcs = ["Dockerfile", "base.tar"],
        bases = {"base": ":base"},
    )
    test_image(
        name = "run",
        dockerfile = "\n".join([
            "FROM base",
            "RUN a",
            "RUN --mount=target=/c,source=base.tar b",
        ]),
        srcs = ["Dockerfile", "base.tar"],
        add_hosts = {"z": "10.0.0.1\n--network=host", "b": "10.0.0.2", "c": "host-gateway"},
        bases = {"base": ":base"},
        build_args = {"BUILDKIT_SANDBOX_HOSTNAME": "h", "OTHER": "x", "http_proxy": "p"},
        network = "host",
    )
    test_image(
        name = "args",
        dockerfile = "ARG G=g-$TARGETARCH\nFROM scratch\nARG A\nARG G\nLABEL l=$A",
        build_args = {"A": "1", "B": "2"},
    )
    test_image(
        name = "states",
        dockerfile = "\n".join([
            "FROM scratch",
            "ENV E=1",
            "WORKDIR /w",
            "COPY Dockerfile a",
            "ARG A",
            "LABEL l=$A",
            "RUN a",
            "WORKDIR $A",
            "COPY Dockerfile b",
            "ENV F=2",
        ]),
        srcs = ["Dockerfile"],
        build_args = {"A": "1", "B": "2"},
    )
    test_image(
        name = "checked",
        dockerfile = "ARG B=base\nFROM base AS a\nFROM --platform=linux/arm64 ${B}\nCOPY --from=a / /",
        bases = {"base": ":base"},
        build_args = {"B": "docker.io/library/base"},
    )
    test_image(
        name = "info",
        dockerfile = "FROM base\nCOPY Dockerfile /\nRUN b\nONBUILD RUN echo  a\nCMD c",
        srcs = ["Dockerfile"],
        bases = {"base": ":base"},
    )
    test_image(
        name = "attested",
        dockerfile = "\n".join([
            "FROM base AS one",
            "RUN --mount=type=secret,id=s a",
            "FROM scratch",
            "COPY --from=one /x /",
            "COPY Dockerfile /",
        ]),
        srcs = ["Dockerfile"],
        attestations = ["provenance"],
        bases = {"base": ":base"},
        build_args = {"A": "1", "HTTPS_PROXY": "http://user:password@h"},
        secrets = {"s": "base.tar"},
    )
    test_image(name = "no_base_and_no_instruction", dockerfile = "FROM debian:12\nRUNN true\n")
    test_image(name = "no_base", dockerfile = "\nFROM debian:12")
    test_image(name = "no_source", dockerfile = "FROM scratch\nCOPY a b /c/", srcs = ["Dockerfile"])
    test_image(name = "no_url", dockerfile = "FROM scratch\nADD https://a/b /c/")
