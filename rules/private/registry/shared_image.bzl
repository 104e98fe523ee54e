"""The macro `base_image` of a shared lock: an image of a registry as a target."""

load("//rules/private:image_verify.bzl", "image_verify")
load("//rules/private/network:dockerfile_lock.bzl", "dockerfile_lock")
load("//rules/private/plan:platform.bzl", "TARGET_PLATFORMS", "normalize_platform", "select_platform")
load("//rules/private/plan:reference.bzl", "is_reference", "locked_name")
load("//rules/private/plan:stage_base.bzl", "missing_platform")
load(":unlocked_image.bzl", "unlocked_image")

def shared_image(name, *, reference, images, lock, mirrors, platform = None, platforms = [], verify = [], signed_as = None, tags = [], visibility = None, testonly = None):
    """Declares an image of a registry, pinned by a lock beside the BUILD file.

    Load the macro as `base_image` from the repository that the `dockerfiles`
    extension generates:

    ```starlark
    load("@dockerfiles//third_party:images.lock.bzl", "base_image")

    base_image(
        name = "debian",
        reference = "debian:12",
    )
    ```

    Targets: `debian`, the image with its layers, for `bases` and all rules that take
    an image; `debian.lock`, which locks the image with `bazel run`; and with `verify`
    `debian.verify`, which asks the registry for its signatures.

    Args:
      name: name of the image's target.
      reference: the image, as FROM names it.
      images: the images of the hub's shared locks.
      lock: path of the lock in the workspace.
      mirrors: dict from registry to the URLs of its mirrors.
      platform: the platform of the image, such as `linux/arm64`; by default the
        target platform of the build.
      platforms: labels of the Bazel platforms that `debian.lock` locks.
      verify: a file with a public key in PEM, or a list of them, one of which has to
        have signed the image: see [supply chain](../supply_chain.md#verify-a-base-image).
      signed_as: the repository that the signatures name, for a copy of an image that
        was signed elsewhere; by default that of `reference`.
      tags: tags of all targets.
      visibility: visibility of all targets.
      testonly: whether all targets are for tests only.
    """
    keys = [verify] if type(verify) != "list" else verify
    policy = "//%s:%s.verify" % (native.package_name(), name) if keys else ""
    if signed_as and not keys:
        fail("%s: signed_as requires verify" % name)
    if not is_reference(reference):
        fail("%s: reference: expected [REGISTRY/]NAME[:TAG], got \"%s\"" % (name, reference))
    lock_command = "bazel run //%s:%s.lock" % (native.package_name(), name)
    where = "//%s:%s: reference = \"%s\"" % (native.package_name(), name, reference)
    common = {"tags": depset(tags + ["manual"]).to_list(), "testonly": testonly}
    full = locked_name(reference)

    # The lock of another package does not decide what this image is.
    locked = [image for image in images if image["reference"] == full and image["lock"] == lock]
    labels = {image["platform"]: image["label"] for image in locked if image["policy"] == policy}
    message = "%s: the image is not locked; run `%s`" % (where, lock_command)
    if locked and not labels:
        message = "%s: expected an image that is locked with verify = %s, got one with %s; run `%s`" % (
            where,
            policy or "none",
            locked[0]["policy"] or "none",
            lock_command,
        )
    if labels:
        message = missing_platform(where, labels.keys(), platform or "", lock_command)
    unlocked_image(name = name + ".unlocked", message = message, **common)
    unlocked = ":%s.unlocked" % name
    actual = select_platform(labels, unlocked)
    if platform:
        actual = labels.get(normalize_platform(platform, "linux/amd64"), unlocked)
    native.alias(
        name = name,
        actual = actual,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
    )
    if keys:
        image_verify(
            name = name + ".verify",
            keys = keys,
            mirrors = mirrors,
            reference = reference,
            signed_as = signed_as,
            # The lock names it: @dockerfiles has the targets of locked images.
            visibility = ["//visibility:public"],
            **common
        )
    dockerfile_lock(
        name = name + ".lock",
        lock = lock,
        mirrors = mirrors,
        policy = ":%s.verify" % name if keys else None,
        platform = platform or select(TARGET_PLATFORMS),
        platforms = platforms,
        references = [json.encode({"platform": "", "reference": reference})],
        stages = [],
        visibility = visibility,
        **common
    )
