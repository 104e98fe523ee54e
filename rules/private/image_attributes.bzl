"""The names of the attributes of `dockerfile_image`."""

load("//rules/private/plan:suggest.bzl", "did_you_mean")

_OWN = [
    "add_hosts",
    "annotations",
    "attestation_format",
    "attestations",
    "bases",
    "build_arg_flags",
    "build_args",
    "context_paths",
    "context_root",
    "context_tar",
    "labels",
    "lint",
    "name",
    "named_contexts",
    "network",
    "platform",
    "platforms",
    "remote_files",
    "repo_tags",
    "repository",
    "secrets",
    "srcs",
    "stamp",
    "strip_prefix",
    "target",
    "trigger_stages",
]

# Attributes of all rules (Build encyclopedia, "Attributes common to all build rules").
_COMMON = [
    "aspect_hints",
    "compatible_with",
    "deprecation",
    "exec_compatible_with",
    "exec_group_compatible_with",
    "exec_properties",
    "features",
    "package_metadata",
    "restricted_to",
    "tags",
    "target_compatible_with",
    "testonly",
    "toolchains",
    "visibility",
]

def unknown_attribute(names):
    """Returns the message that dockerfile_image does not have an attribute.

    Args:
      names: names of attributes other than those that the macro declares.

    Returns:
      The message, None if all attributes exist.
    """
    for name in names:
        if name not in _COMMON:
            return "dockerfile_image has no attribute \"%s\"%s" % (name, did_you_mean(name, _OWN + _COMMON))
    return None
