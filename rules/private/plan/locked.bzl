"""Selects locked images by reference and platform."""

load(":arguments.bzl", "global_arguments", "platform_arguments")
load(":expand.bzl", "expand_word")
load(":platform.bzl", "TARGET_PLATFORMS", "normalize_platform")
load(":reference.bzl", "is_reference", "locked_name")

# Represents a platform that is not known before the build where only its defaults
# matter.
_ANY = "linux/amd64"

# What a --platform may depend on: nothing that is unknown, the target platform, or
# the build platform. Each with the values of that platform.
_KINDS = [
    ("", [""]),
    ("TARGET", TARGET_PLATFORMS.values()),
    ("BUILD", TARGET_PLATFORMS.values()),
]

def choose_locked(locked, reference, word, scope):
    """Finds the locked images that a name in a Dockerfile means.

    Args:
      locked: list of struct(reference, platform, label, onbuild, lock_command):
        `reference` is in full form, `lock_command` the command for an image of a
        shared lock, else "". Those of shared locks also have `lock`, its path, and
        `policy`, the label of the keys that have to have signed the image, or "".
        The first match is used.
      reference: an image reference.
      word: the --platform of the FROM, "" if it has none.
      scope: from `graph_scope`.

    Returns:
      None if no lock has the reference; else struct(images, missing, on_build,
      onbuild, offered, lock_command, error, clash):
      - `images`: dict from platform to image. The platform is the target platform
        or, with `on_build`, the build platform; "" if it does not matter.
      - `missing`: platforms that the locks lack.
      - `offered`: platforms that the locks have.
      - `onbuild`: all triggers of the images.
      - `lock_command`: the command if only shared locks have the reference, else "".
      - `error`: None or why the platform cannot be determined.
      - `clash`: None or why none of the images can be used, with a hint: the locks
        require different signatures.
    """
    full = locked_name(reference)
    offered = {}
    policies = {}
    for image in locked:
        if image.reference == full:
            offered.setdefault(image.platform, image)
            if image.lock_command:
                policies.setdefault(image.policy, image.lock)
    if not offered:
        return None
    for kind, platforms in _KINDS:
        wanted = _wanted(kind, platforms, word, scope)
        if wanted:
            return _choice(kind, wanted, offered, lambda images: _clash(scope, reference, images, policies))
    return struct(
        error = "--platform=%s is not known before the build" % word,
        images = {},
        missing = [],
        offered = offered.keys(),
        on_build = False,
        onbuild = [],
        lock_command = _lock_command(offered),
        clash = None,
    )

def _clash(scope, reference, images, policies):
    """Returns None, or a message that the locks with an image do not agree on who has to have signed it.

    A lock without a signature, or with a weaker one, must not decide what is built.

    Args:
      scope: from `graph_scope`.
      reference: the image.
      images: the images that would be used.
      policies: dict from each policy of a shared lock to that lock.
    """
    shared = [image for image in images if image.lock_command]
    if shared and len(policies) > 1:
        return "expected image \"%s\" with the same verify in all shared locks, got %s\nhint: add bases = {\"%s\": \"//label\"} with the base_image that is meant" % (
            reference,
            ", ".join(["%s in %s" % (policy or "none", policies[policy]) for policy in sorted(policies)]),
            reference,
        )
    required = [policy for policy in sorted(policies) if policy]
    if required and [image for image in images if not image.lock_command]:
        return "expected image \"%s\" with verify = %s as in %s, got one without in %s.lock\nhint: delete the image from %s.lock" % (
            reference,
            required[0],
            policies[required[0]],
            scope.dockerfile,
            scope.dockerfile,
        )
    return None

def _lock_command(offered):
    commands = {image.lock_command: None for image in offered.values()}.keys()
    return "" if "" in commands else commands[0]

def _wanted(kind, platforms, word, scope):
    """Returns a dict from each platform to that of the image; None if it depends on more."""
    wanted = {}
    for platform in platforms:
        arguments = scope.arguments
        if kind:
            arguments = global_arguments(
                scope.outline,
                scope.build_args,
                scope.automatic | platform_arguments(kind, platform),
                scope.unknown_args,
            )
        text = word
        if not word:
            text = arguments.values.get("TARGETPLATFORM", "") if "TARGETPLATFORM" not in arguments.unknown else ""
        else:
            expanded = expand_word(word, arguments.values, scope.outline["escape"], arguments.unknown)
            text = "" if expanded.unknown or expanded.error else expanded.text
        if not text:
            return None
        wanted[platform] = normalize_platform(text, _ANY)
    return wanted

def _choice(kind, wanted, offered, find_clash):
    images = {}
    missing = {}
    triggers = {}
    for platform, name in wanted.items():
        if name in offered:
            images[platform] = offered[name]
            triggers.update({trigger: None for trigger in offered[name].onbuild})
        else:
            missing[platform] = name
    return struct(
        error = None,
        images = images,
        missing = missing.values(),
        offered = offered.keys(),
        on_build = kind == "BUILD",
        onbuild = triggers.keys(),
        lock_command = _lock_command(offered),
        clash = find_clash(images.values()),
    )

def named_images(outline, build_args = {}):
    """Returns the names in a Dockerfile that may be images.

    Args:
      outline: from `outline_dockerfile`.
      build_args: build arguments; ARGs have their defaults without one.
    """
    arguments = global_arguments(outline, build_args, {}, [])
    names = {}
    for stage in outline["stages"]:
        names[expand_word(stage["base"], arguments.values, outline["escape"], arguments.unknown).text] = None
        for instruction in stage["instructions"]:
            names.update({name: None for name in instruction["from"]})
    return [name for name in names if is_reference(name)]
