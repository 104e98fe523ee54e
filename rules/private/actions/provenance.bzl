"""The action that writes the provenance of an image."""

load("//rules/private/context:select.bzl", "select_remote_files")
load("//rules/private/plan:arguments.bzl", "run_arguments")
load("//rules/private/providers:network_lock_info.bzl", "locked_run_key")
load("//rules/private/providers:provenance_info.bzl", "ProvenanceInfo")
load(":param_line.bzl", "add_pairs", "add_values", "param_line")
load(":run_tool.bzl", "run_tool_action")

def stage_provenance(ctx, *, scope, stage, dockerfile, stages):
    """Returns what a stage was built from. Secrets are no part of it.

    Args:
      ctx: context of `dockerfile_stage`.
      scope: from `stage_scope`.
      stage: the stage, of an outline.
      dockerfile: File, the Dockerfile.
      stages: list of ProvenanceInfo of the stages of this Dockerfile that it is
        built from.

    Returns:
      ProvenanceInfo.
    """
    given = run_arguments(scope.build_args)
    materials = _images(scope, stage) + _named_files(scope)
    for instruction in scope.instructions:
        if instruction["keyword"] == "ADD":
            materials += _remote_files(scope, instruction)
        elif instruction["keyword"] == "RUN":
            materials += _locks(scope, instruction)
    return ProvenanceInfo(
        build_args = {name: value for name, value in scope.build_args.items() if name not in given},
        context = scope.context,
        dockerfile = dockerfile,
        dockerfile_path = ctx.attr.dockerfile,
        materials = depset(materials, transitive = [info.materials for info in stages]),
        network = scope.network.kind,
        platform = scope.platform,
        target = scope.network.stage,
    )

def _material(kind, *, name = "", platform = "", reference = "", sha256 = "", file = None):
    return struct(kind = kind, name = name, platform = platform, reference = reference, sha256 = sha256, file = file)

def _image(name, image):
    # Custom rules may not set the field.
    reference = getattr(image, "reference", "")
    return _material(
        "base",
        name = name,
        platform = image.platform,
        reference = reference,
        file = None if reference else image.descriptor,
    )

def _images(scope, stage):
    """Lists the images that FROM and --from name."""
    base = [_image(stage["base"], scope.base)] if scope.base and not scope.parent else []
    return base + [
        _image(name, source.image)
        for name, source in scope.sources.items()
        if getattr(source, "image", None)
    ]

def _named_files(scope):
    """Lists the files of the named contexts."""
    return [
        _material("named_file", name = name, reference = entry.path, file = entry.file)
        for name, source in scope.sources.items()
        if source.context
        for entry in source.context.entries
    ]

def _remote_files(scope, instruction):
    """Lists what an ADD fetched by a lock, or is given."""
    lock = scope.network.lock
    digests = {file: sha256 for sha256, file in lock.blobs.items()} if lock else {}
    files = select_remote_files(scope.remote_files, instruction["sources"]).files
    return [
        _material(
            "remote",
            name = source,
            sha256 = digests.get(remote.file, ""),
            file = None if remote.file in digests else remote.file,
        )
        for source, remote in files.items()
    ]

def _locks(scope, instruction):
    """Lists the lock of a RUN."""
    network = scope.network
    if network.kind != "locked" or network.record:
        return []
    run = network.lock.runs.get(locked_run_key(network.stage, scope.platform, instruction["text"]))
    return [_material("network_lock", file = run.lock)] if run else []

def provenance_action(ctx, *, tools, image, provenance, tags):
    """Writes the provenance of an image. The image does not depend on it.

    Args:
      ctx: the rule's context.
      tools: DockerfileToolsInfo.
      image: ImageInfo.
      provenance: ProvenanceInfo.
      tags: list of references that a load gives to the image.

    Returns:
      The statement, a File.
    """
    statement = ctx.actions.declare_file(ctx.label.name + "/provenance.json")
    context = provenance.context
    args = ctx.actions.args()
    args.add(image.descriptor, format = "--image=%s")
    add_values(args, "--name", tags)
    args.add(provenance.dockerfile, format = "--dockerfile=%s")
    add_values(args, "--dockerfile_path", [provenance.dockerfile_path])
    add_values(args, "--target", [provenance.target])
    args.add(provenance.platform, format = "--platform=%s")
    args.add(provenance.network, format = "--network=%s")
    add_pairs(args, "--build_arg", provenance.build_args)
    args.add_all(provenance.materials, map_each = _material_flag)

    # Thousands of files: expanded only if somebody asks for the provenance.
    args.add_all(context.entries, map_each = _context_flag)
    inputs = [image.descriptor, provenance.dockerfile] + [entry.file for entry in context.entries]
    if context.archive:
        args.add(context.archive, format = "--context_tar=%s")
        inputs.append(context.archive)
    if context.ignore:
        args.add(context.ignore, format = "--ignore=%s")
        inputs.append(context.ignore)
    args.add(statement, format = "--statement_out=%s")
    run_tool_action(
        ctx,
        tool = tools.provenance_write,
        args = args,
        inputs = inputs + [material.file for material in provenance.materials.to_list() if material.file],
        outputs = [statement],
        mnemonic = "DockerfileProvenance",
        message = "Writing the provenance of %{label}",
    )
    return statement

def _context_flag(entry):
    return param_line("--context_file=%s=%s" % (entry.path, entry.file.path))

def _material_flag(material):
    if material.kind == "network_lock":
        return "--network_lock=" + material.file.path
    fields = {
        "base": {"name": material.name, "platform": material.platform, "reference": material.reference},
        "named_file": {"context": material.name, "path": material.reference},
        "remote": {"sha256": material.sha256, "uri": material.name},
    }[material.kind]
    if material.file:
        fields["descriptor" if material.kind == "base" else "file"] = material.file.path
    return "--%s=%s" % (material.kind, json.encode(fields))
