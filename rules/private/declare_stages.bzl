"""The stages of an image as targets."""

load(":dockerfile_stage.bzl", "dockerfile_stage")

def declare_stages(name, stages, attributes, final_attributes):
    """Declares the last stage as `name`, and each other one as `name.stage.STAGE`.

    Args:
      name: name of the image.
      stages: the stages that it needs, from `resolve_stages`.
      attributes: dict of attributes of all of them.
      final_attributes: dict of more attributes of the last.
    """
    final = stages[-1]
    targets = {
        stage.outline["index"]: name if stage == final else "%s.stage.%s" % (name, stage.name)
        for stage in stages
    }
    for stage in stages:
        dockerfile_stage(
            name = targets[stage.outline["index"]],
            base = stage.base.label if stage.base else None,
            error = stage.error,
            parent = None if stage.parent == None else ":" + targets[stage.parent],
            source_contexts = _names_by_label(stage.sources, "contexts"),
            source_images = _names_by_label(stage.sources, "images") | {
                ":" + targets[index]: json.encode(names)
                for index, names in stage.stage_sources.items()
            },
            stage = json.encode(stage.outline),
            stage_name = stage.name,
            **(attributes | (final_attributes if stage == final else {}))
        )

def _names_by_label(sources, kind):
    """Returns the sources of a kind as a dict from label to JSON list of names."""
    names = {}
    for name, found in sources.items():
        if found.kind == kind and type(found.label) == "string":
            names.setdefault(found.label, []).append(name)
    return {label: json.encode(called) for label, called in names.items()}
