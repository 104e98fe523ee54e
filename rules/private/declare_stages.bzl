"""Declares the stages of an image as targets."""

load("//rules/private/registry:declare_locked.bzl", "declare_locked")
load("//rules/private/toolchain:emulated.bzl", "emulated_of_stage")
load(":dockerfile_stage.bzl", "dockerfile_stage")
load(":whole_image.bzl", "whole_image")

def declare_stages(name, stages, attributes, final_attributes, final_name = None):
    """Declares the last stage as `name`, and each other one as `name.stage.STAGE`.

    Args:
      name: name of the image.
      stages: the stages that it needs, from `link_locked`.
      attributes: dict of attributes of all stages.
      final_attributes: dict of more attributes of the last stage.
      final_name: name of the last stage; None for `name`.
    """
    targets = {
        stage.outline["index"]: "%s.stage.%s" % (name, suffix)
        for stage, suffix in zip(stages, stage_suffixes(stages))
    }
    final = stages[-1].outline["index"]
    targets[final] = final_name or name
    for stage in stages:
        dockerfile_stage(
            name = targets[stage.outline["index"]],
            base = stage.base.label if stage.base and not stage.base.on_build else None,
            build_platform_base = stage.base.label if stage.base and stage.base.on_build else None,
            build_platform_source_images = _names_by_label(stage.sources, "images", True),
            emulated = emulated_of_stage(stage.may_run, stage.platform, attributes["build_args"]),
            error = stage.error,
            parent = None if stage.parent == None else ":" + targets[stage.parent],
            reads_layers = stage.reads_layers,
            source_contexts = _names_by_label(stage.sources, "contexts"),
            source_images = _names_by_label(stage.sources, "images") | {
                ":" + targets[index]: json.encode(names)
                for index, names in stage.stage_sources.items()
            },
            stage = json.encode(stage.outline),
            stage_name = stage.name,
            **(attributes | (final_attributes if stage.outline["index"] == final else {}))
        )

def stage_suffixes(stages):
    """Returns the part of each stage in the names of its targets: its name.

    A name that several stages have is that of the last, as for `--target`; an
    earlier one is `INDEX-NAME`, which no stage can be called.

    Args:
      stages: the stages that an image needs.
    """
    last = {stage.name: stage.outline["index"] for stage in stages}
    return [
        stage.name if last[stage.name] == stage.outline["index"] else "%d-%s" % (stage.outline["index"], stage.name)
        for stage in stages
    ]

def _names_by_label(sources, kind, on_build = False):
    """Returns the sources of a kind as a dict from label to JSON list of names."""
    names = {}
    for name, found in sources.items():
        if found.kind == kind and found.on_build == on_build and type(found.label) == "string":
            names.setdefault(found.label, []).append(name)
    return {label: json.encode(names_of_label) for label, names_of_label in names.items()}

def link_locked(name, stages, *, lock_command, **kwargs):
    """Declares the targets of the locked images that stages name.

    Args:
      name: name of the image.
      stages: from `resolve_stages`.
      lock_command: the command that locks, for messages.
      **kwargs: `tags` and `testonly` of the targets.

    Returns:
      struct(stages, link): the stages with labels instead of those images, and a
      function that returns an image with its label, called with the image and
      whether its layers are needed.
    """
    linked = {}

    def link(image, with_layers):
        if image == None or image.kind != "locked":
            return image
        key = json.encode([image, with_layers])
        if key not in linked:
            label = declare_locked(
                "%s.from.%d" % (name, len(linked)),
                image,
                lock_command = lock_command,
                with_layers = with_layers,
                **kwargs
            )
            linked[key] = struct(kind = "images", label = label, on_build = image.choice.on_build)
        return linked[key]

    with_labels = []
    for stage in stages:
        if not [image for image in [stage.base] + stage.sources.values() if image != None and image.kind == "locked"]:
            with_labels.append(stage)
            continue
        with_labels.append(struct(
            base = link(stage.base, stage.reads_layers),
            error = stage.error,
            may_run = stage.may_run,
            name = stage.name,
            outline = stage.outline,
            parent = stage.parent,
            platform = stage.platform,
            reads_layers = stage.reads_layers,
            scratch = stage.scratch,
            sources = {name: link(source, True) for name, source in stage.sources.items()},
            stage_sources = stage.stage_sources,
        ))
    return struct(stages = with_labels, link = link)

def remote_base(stages, stage):
    """Returns the locked image whose layers a stage leaves in their registry, or None.

    Args:
      stages: from `resolve_stages`.
      stage: one of them.
    """
    by_index = {stage.outline["index"]: stage for stage in stages}
    for _ in stages:
        if stage.parent == None:
            break
        stage = by_index[stage.parent]
    is_locked = stage.base and stage.base.kind == "locked"
    return stage.base if is_locked and not stage.reads_layers else None

def declare_whole(name, remote, linked, *, repo_tags, **kwargs):
    """Declares `name.whole`: the image with the layers that `name` leaves in a registry.

    Args:
      name: name of the image.
      remote: from `remote_base`.
      linked: from `link_locked`.
      repo_tags: references that a load gives to the image.
      **kwargs: attributes of the target.
    """
    if remote:
        base = linked.link(remote, True)
        whole_image(
            name = name + ".whole",
            base = None if base.on_build else base.label,
            build_platform_base = base.label if base.on_build else None,
            image = name,
            repo_tags = repo_tags,
            **kwargs
        )
        return
    native.alias(
        name = name + ".whole",
        actual = name,
        tags = kwargs["tags"],
        testonly = kwargs.get("testonly"),
        visibility = kwargs.get("visibility"),
    )
