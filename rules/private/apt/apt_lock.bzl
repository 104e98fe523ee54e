"""Locks the packages of a Debian base image."""

load("@rules_shell//shell:sh_binary.bzl", "sh_binary")

def apt_lock(name, lock, suite, architecture = "amd64", packages = ["apt", "usr-is-merged"], only = False, **kwargs):
    """Writes the lock file of a Debian base image with `bazel run //third_party/debian:lock`.

    The lock has all essential and required packages, `packages`, and their
    dependencies, in the newest versions of the suite, its updates and its security
    updates. The host's apt resolves them with its own mirrors and verifies Debian's
    signatures.

    ```starlark
    apt_lock(
        name = "lock",
        lock = "packages.lock.json",
        suite = "bookworm",
    )
    ```

    Args:
      name: name of the target.
      lock: the lock file, in this package. It need not exist yet.
      suite: Debian's name of the release, such as `bookworm`.
      architecture: Debian's name of the architecture.
      packages: packages in addition to the required ones. Without `usr-is-merged`, apt
        selects `usrmerge`, which depends on perl.
      only: whether to lock `packages` only, without their dependencies, for
        `apt.emulators`.
      **kwargs: attributes that all rules have: `tags`, `visibility`, …
    """
    tool = Label("//rules/toolchain:apt_lock")
    sh_binary(
        name = name,
        srcs = [Label(":lock.sh")],
        args = [
            "$(rootpath %s)" % tool,
            "/".join([part for part in [native.package_name(), lock] if part]),
            suite,
            architecture,
            "packages" if only else "base",
        ] + packages,
        data = [tool],
        **kwargs
    )
