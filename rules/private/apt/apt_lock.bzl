"""Locks the packages of a Debian base image."""

load("@rules_shell//shell:sh_binary.bzl", "sh_binary")

def apt_lock(name, lock, suite, architecture = "amd64", packages = ["apt", "usr-is-merged"], only = False, **kwargs):
    """Writes the lock file of a Debian base image: `bazel run //third_party/debian:lock`.

    The set is all that Debian calls essential or required, `packages`, and what these depend on, in the newest versions of
    the suite, its updates and its security updates. The machine's own apt resolves, against its own mirrors, and checks
    that Debian has signed what they say.

    ```starlark
    apt_lock(
        name = "lock",
        lock = "packages.lock.json",
        suite = "bookworm",
    )
    ```

    Args:
      name: string: the target.
      lock: string: the lock file in this package. It need not exist yet.
      suite: string: Debian's name of the release.
      architecture: string: Debian's name of the architecture.
      packages: list of strings: packages beyond the required ones. Without usr-is-merged apt chooses usrmerge, and perl with it.
      only: bool: whether to lock `packages` alone, without what they depend on: for `apt.emulators`.
      **kwargs: attributes of every target.
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
