"""Resolves COPY --from and RUN --mount=from=: to a stage or an image."""

load(":graph_scope.bzl", "location")
load(":reference.bzl", "find_reference", "is_reference")
load(":stage_base.bzl", "locked_image")

def resolve_sources(scope, stage, instructions):
    """Finds what the instructions of a stage copy from or mount.

    Args:
      scope: from `graph_scope`.
      stage: the stage, of the outline.
      instructions: its triggers and its own instructions, of an outline.

    Returns:
      struct(stages, images, external, error, refused):
      - `stages`: dict from the index of a stage to the names that mean it
      - `images`: dict from name to a value of `scope.images` or a locked image
      - `external`: the names that only the Dockerfile's own lock can provide
      - `error`: what the user has to add, or None
      - `refused`: an error that the frontend reports, too, or None
    """
    stages = {}
    images = {}
    external = []
    error = None
    refused = None
    for instruction in instructions:
        for name in instruction["from"]:
            found = _resolve_source(scope, stage, instruction, name)
            if found.stage != None:
                stages.setdefault(found.stage, []).append(name)
            if found.image != None:
                images[name] = found.image
            if found.is_external:
                external.append(name)
            error = error or found.error
            refused = refused or found.refused
    return struct(stages = stages, images = images, external = external, error = error, refused = refused)

def _source(stage = None, image = None, is_external = False, error = None, refused = None):
    return struct(stage = stage, image = image, is_external = is_external, error = error, refused = refused)

def _resolve_source(scope, stage, instruction, name):
    stages = scope.outline["stages"]
    in_run = instruction["keyword"] == "RUN"
    found = find_stage(stages, stage["index"], name, by_index = not in_run)
    where = location(scope, instruction["line"], instruction["text"].partition("\n")[0])
    if found.index != None and stages[found.index]["name"] in scope.named_contexts:
        return _source(image = scope.named_contexts[stages[found.index]["name"]])
    if found.error:
        return _source(refused = "%s: %s" % (where, found.error))
    if found.index != None:
        return _source(stage = found.index)
    image = find_reference(scope.images, name)
    if image != None:
        return _source(image = image)
    if name == "scratch":
        return _source()  # an empty tree, which needs no target
    if "$" in name:
        return _source(refused = "%s: variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround" % where)
    if not is_reference(name):
        return _source(refused = "%s: invalid reference format" % where)
    if in_run and name.isdigit():
        return _source(error = "%s: \"%s\" is not a stage: RUN --mount takes the name of a stage, not its index" % (where, name))
    locked = locked_image(scope, stage["index"], name, where, lambda hint: "%s: \"%s\" is neither a stage nor a locked image%s; run `%s`, or add bases = {\"%s\": \"//label\"}" % (
        where,
        name,
        hint,
        scope.lock_command,
        name,
    ))
    return _source(image = locked.image, is_external = not locked.is_shared, error = locked.error)

def find_stage(stages, index, name, by_index = True):
    """Finds the stage that a name in stage `index` means.

    Args:
      stages: the stages of an outline.
      index: of the stage that names it.
      name: name or index of a stage.
      by_index: whether a number is an index.

    Returns:
      struct(index, error): both None if no stage has the name; `error` is the message
      of the frontend.
    """
    digits = name[1:] if name[:1] in ["+", "-"] else name
    if by_index and digits.isdigit():
        at = int(name)
        if at < 0 or at >= len(stages):
            return struct(index = None, error = "invalid stage index %d" % at)
        found = [at]
    else:
        lower = name.lower()
        found = [stage["index"] for stage in stages[:index] if stage["name"] == lower]
        if not found:
            found = [stage["index"] for stage in stages[index:] if stage["name"] == lower]
    if not found:
        return struct(index = None, error = None)
    if found[-1] == index:
        return struct(index = None, error = "circular dependency detected on stage: %s" % name)
    if found[-1] > index:
        own = stages[index]["name"] or str(index)
        return struct(index = None, error = "cannot copy from stage \"%s\", it needs to be defined before current stage \"%s\"" % (name, own))
    return struct(index = found[-1], error = None)
