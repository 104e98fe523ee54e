"""Resolves FROM: to a stage, an image, or scratch."""

load(":arguments.bzl", "PLATFORM_ARGUMENTS")
load(":graph_scope.bzl", "earlier_stage", "expand_in_scope", "location")
load(":locked.bzl", "choose_locked")
load(":reference.bzl", "find_reference", "is_reference", "other_versions")
load(":suggest.bzl", "did_you_mean")

def resolve_base(scope, index):
    """Finds the base of a stage.

    Args:
      scope: from `graph_scope`.
      index: of the stage.

    Returns:
      struct(parent, image, scratch, error, refused, external):
      - `parent`: index of a stage, or None
      - `image`: a value of `scope.images`, a locked image, or None
      - `scratch`: whether it is scratch
      - `error`: what the user has to add, or None
      - `refused`: an error that the frontend reports, too, or None
      - `external`: the reference that only the Dockerfile's own lock can provide, or
        None
    """
    stage = scope.outline["stages"][index]
    where = location(scope, stage["line"], "FROM " + stage["base"])
    if stage["name"] in scope.named_contexts:
        return _base(image = scope.named_contexts[stage["name"]])
    expanded = expand_in_scope(scope, stage["base"])
    parent = earlier_stage(scope.outline["stages"], index, expanded.text)
    if parent != None:
        return _base(parent = parent)
    if stage["base"] in scope.images:
        return _base(image = scope.images[stage["base"]])
    if expanded.error:
        return _base(refused = "%s: %s" % (where, expanded.error))
    if expanded.unknown:
        return _base(error = _unknown_argument(where, expanded.unknown, stage["base"]))
    return _resolve_reference(scope, index, expanded.text, where)

def _base(parent = None, image = None, scratch = False, error = None, refused = None, external = None):
    return struct(parent = parent, image = image, scratch = scratch, error = error, refused = refused, external = external)

def _unknown_argument(where, name, base):
    return "%s: %s is not known before the build; %sadd bases = {\"%s\": \"//label\"}" % (
        where,
        name,
        "set platform = \"…\", or " if name in PLATFORM_ARGUMENTS and name.startswith("TARGET") else "",
        base,
    )

def _resolve_reference(scope, index, reference, where):
    """Finds the image that an expanded word of FROM names."""
    if not reference:
        return _base(refused = "%s: base name (%s) should not be blank" % (where, scope.outline["stages"][index]["base"]))
    if reference == "scratch":
        return _base(scratch = True)
    image = find_reference(scope.images, reference)
    if image != None:
        return _base(image = image)
    if not is_reference(reference):
        return _base(refused = "%s: invalid reference format" % where)
    found = locked_image(scope, index, reference, where, lambda hint: "%s: image \"%s\" is not locked%s; run `%s`, or add bases = {\"%s\": \"//label\"}" % (
        where,
        reference,
        hint,
        scope.lock_command,
        reference,
    ))
    return _base(image = found.image, error = found.error, external = None if found.is_shared else reference)

def locked_image(scope, index, reference, where, not_locked):
    """Finds the locked image that a name in a stage means.

    Args:
      scope: from `graph_scope`.
      index: of the stage.
      reference: the name.
      where: the instruction, for messages.
      not_locked: function from a hint to the message that no lock has the image.

    Returns:
      struct(image, error, is_shared): one of image and error is None; `is_shared`
      is whether a shared lock has the image, and the Dockerfile's own does not.
    """
    choice = choose_locked(scope.locked, reference, platform_word(scope, index), scope)
    error = None
    if not choice:
        error = not_locked(_near_names(scope, index, reference))
    elif choice.error:
        error = "%s: %s; set platform = \"…\", or add bases = {\"%s\": \"//label\"}" % (where, choice.error, reference)
    elif choice.clash:
        error = "%s: %s" % (where, choice.clash)
    elif not choice.images:
        error = missing_platform(where, choice.offered, choice.missing[0], choice.lock_command or scope.lock_command)
    is_shared = choice != None and choice.lock_command != ""
    if error:
        return struct(image = None, error = error, is_shared = is_shared)
    return struct(image = struct(kind = "locked", choice = choice, where = where), error = None, is_shared = is_shared)

def missing_platform(where, offered, wanted, lock_command):
    """Returns the message that a lock has an image for other platforms only.

    Args:
      where: the instruction that names the image.
      offered: platforms that the lock has.
      wanted: the platform that it lacks; "" if it is not known.
      lock_command: the command that locks.
    """
    return "%s: the image is locked for %s, not for %s; run `%s`" % (where, ", ".join(offered), wanted or "the platform of this build", lock_command)

def platform_word(scope, index):
    """Returns the --platform of a stage: that of the first FROM in its chain of parents.

    Args:
      scope: from `graph_scope`.
      index: of the stage.
    """
    for _ in scope.outline["stages"]:
        base = _named_stage(scope, index)
        if base == None:
            break
        index = base
    stage = scope.outline["stages"][index]
    return "" if stage["base"] == "scratch" else stage["platform"]

def _named_stage(scope, index):
    """Returns the index of the stage that the FROM of stage `index` names, or None."""
    stage = scope.outline["stages"][index]
    if stage["name"] in scope.named_contexts:
        return None
    return earlier_stage(scope.outline["stages"], index, expand_in_scope(scope, stage["base"]).text)

def _near_names(scope, index, name):
    """Returns a hint of what an unknown name in stage `index` may mean, or ""."""
    versions = other_versions(scope.images, name)
    if versions:
        return " (bases contains %s)" % ", ".join(versions)
    names = [stage["name"] for stage in scope.outline["stages"][:index] if stage["name"]]
    return did_you_mean(name, names + list(scope.images)) or did_you_mean(name.lower(), names)
