"""The dependencies of the tools, for WORKSPACE."""

load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
load("@bazel_tools//tools/build_defs/repo:utils.bzl", "maybe")
load(":native_shell.bzl", "native_shell")
load(":system_library.bzl", "system_library")

# Releases that can be built unchanged, with the hashes of the Bazel Central Registry.
_ARCHIVES = {
    "abseil-cpp": struct(
        url = "https://github.com/abseil/abseil-cpp/releases/download/20260817.0/abseil-cpp-20260817.0.tar.gz",
        integrity = "sha256-9+BRed85xFQ0ytQz9Xg4QLs3iO8yKXb5E4vGtys6EH0=",
        strip_prefix = "abseil-cpp-20260817.0",
    ),
    "bazel_skylib": struct(
        url = "https://github.com/bazelbuild/bazel-skylib/releases/download/1.9.2/bazel-skylib-1.9.2.tar.gz",
        integrity = "sha256-N837xvrv6pT3s3dgowXJjAiYERbCvJ6CHjtCMiH62Mg=",
        strip_prefix = "",
    ),
    "googletest": struct(
        url = "https://github.com/google/googletest/releases/download/v1.18.0/googletest-1.18.0.tar.gz",
        integrity = "sha256-bjGRwUVUaLP8NaQX+1ZcHFBxruG35/heMM9IqY032LU=",
        strip_prefix = "googletest-1.18.0",
    ),
    "platforms": struct(
        url = "https://github.com/bazelbuild/platforms/releases/download/1.1.0/platforms-1.1.0.tar.gz",
        integrity = "sha256-261KI6vMphceR7ee3FO9akEGejt1+eixBGVrRZ/yUEY=",
        strip_prefix = "",
    ),
    "re2": struct(
        url = "https://github.com/google/re2/releases/download/2025-11-05/re2-2025-11-05.zip",
        integrity = "sha256-x7Gnp8aNLXz400PcVmVcG1qMiq3twBfbRT1MHYkTuEQ=",
        strip_prefix = "re2-2025-11-05",
    ),
    "rules_cc": struct(
        url = "https://github.com/bazelbuild/rules_cc/releases/download/0.2.22/rules_cc-0.2.22.tar.gz",
        integrity = "sha256-gcEKlaXCLYOCdu6Q1xJjXWBCQZ/fyl74gygia2Mh5Ts=",
        strip_prefix = "rules_cc-0.2.22",
    ),
}

# Libraries whose releases have no BUILD files: those of the Bazel Central Registry
# are for Bzlmod only.
_SYSTEM_LIBRARIES = {
    "bzip2": {"bz2": "-lbz2"},
    "curl": {"curl": "-lcurl"},
    "libdeflate": {"deflate": "-ldeflate"},
    "ncurses": {"ncurses": "-lncursesw -ltinfo"},
    "nlohmann_json": {"json": ""},
    "openssl": {"crypto": "-lcrypto", "ssl": "-lssl"},
    "sqlite3": {"sqlite3": "-lsqlite3 -lm"},
    "xz": {"lzma": "-llzma"},
    "yaml-cpp": {"yaml-cpp": "-lyaml-cpp"},
    "zlib": {"zlib": "-lz"},
    "zstd": {"zstd": "-lzstd"},
}

def rules_dockerfile_dependencies():
    """Declares the dependencies of the tools that are not declared yet.

    bzip2, libcurl, libdeflate, ncurses, nlohmann-json, OpenSSL, sqlite3, xz, yaml-cpp,
    zlib and zstd must be installed on the host with their headers, as their releases
    have no BUILD files. Bazel 8 also requires a repository `rules_shell`.
    """
    for name, archive in _ARCHIVES.items():
        maybe(
            http_archive,
            name = name,
            url = archive.url,
            integrity = archive.integrity,
            strip_prefix = archive.strip_prefix,
        )
    for name, targets in _SYSTEM_LIBRARIES.items():
        maybe(system_library, name = name, targets = targets)
    if not native.bazel_version.startswith("8."):  # "" is Debian's Bazel 7
        maybe(native_shell, name = "rules_shell")
