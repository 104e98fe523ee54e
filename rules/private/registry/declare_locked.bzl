"""Declares targets for locked images, which are selected by platform."""

load("//rules/private/plan:platform.bzl", "select_platform")
load("//rules/private/plan:stage_base.bzl", "missing_platform")
load(":unlocked_image.bzl", "unlocked_image")

def declare_locked(name, image, *, lock_command, with_layers, **kwargs):
    """Declares the target for a locked image.

    Args:
      name: name of the target.
      image: struct(choice, where) from `resolve_stages`.
      lock_command: the command that locks, for messages.
      with_layers: whether the layers are needed, and so fetched.
      **kwargs: `tags` and `testonly`.

    Returns:
      The label of the target, or of the image if there is only one.
    """
    choice = image.choice
    labels = {
        platform: locked.label + ("" if with_layers else ".remote")
        for platform, locked in choice.images.items()
    }
    if "" in labels:
        return labels[""]
    unlocked_image(
        name = name + ".unlocked",
        message = missing_platform(image.where, choice.offered, "", choice.lock_command or lock_command),
        **kwargs
    )
    native.alias(
        name = name,
        actual = select_platform(labels, ":%s.unlocked" % name),
        **kwargs
    )
    return ":" + name
