"""The aspect that lists the steps of an image: which file is the work of which line."""

load("//rules/private/providers:image_info.bzl", "ImageInfo")
load("//rules/private/providers:image_steps_info.bzl", "ImageStepsInfo")
load("//rules/private/providers:stage_info.bzl", "StageInfo")

# The attributes that name what an image or a stage is built from.
_SOURCES = [
    "base",
    "build_platform_base",
    "build_platform_source_images",
    "image",
    "parent",
    "source_contexts",
    "source_images",
]

# What an action of a stage is, by its mnemonic; the others are not steps.
_KINDS = {
    "DockerfileBase": "base",
    "DockerfileCompress": "instruction",
    "DockerfileCopy": "instruction",
    "DockerfileImage": "image",
    "DockerfileRun": "instruction",
    "DockerfileState": "state",
}

def _image_steps_impl(target, ctx):
    transitive = []
    for name in _SOURCES:
        for source in _targets(getattr(ctx.rule.attr, name, None)):
            if ImageStepsInfo in source:
                transitive.append(source[ImageStepsInfo].steps)
    steps = []
    if StageInfo in target and ctx.rule.kind == "dockerfile_stage":
        steps = _stage_steps(target, ctx.rule.attr)
    return [ImageStepsInfo(steps = depset(steps, transitive = transitive, order = "postorder"))]

def _targets(value):
    """Returns the targets of an attribute: of a label, a list or a dict."""
    if type(value) == "Target":
        return [value]
    if type(value) == "dict":
        return [key for key in value.keys() if type(key) == "Target"]
    if type(value) == "list":
        return [item for item in value if type(item) == "Target"]
    return []

def _stage_steps(target, attr):
    """Returns the steps of a `dockerfile_stage`, from its actions."""
    stage = json.decode(attr.stage)
    instructions = _instructions(target, stage)
    outputs = {path: [] for path in instructions}
    bases = []
    states = []
    images = []
    for action in target.actions:
        kind = _KINDS.get(action.mnemonic)
        if not kind:
            continue
        paths = [output.path for output in action.outputs.to_list()]
        own = _instruction_of(paths[0])
        if kind == "instruction" and own in outputs:
            outputs[own] += paths
        elif kind in ["base", "instruction"]:  # or a compression of the base
            bases += paths
        elif kind in ["image", "state"]:
            step = struct(
                outputs = tuple(paths),
                evaluates = tuple([
                    instructions[file.path]
                    for file in action.inputs.to_list()
                    if file.path in instructions
                ]),
            )
            (images if kind == "image" else states).append(step)
    where = struct(dockerfile = attr.dockerfile, label = _label(target.label), line = stage["line"], text = "FROM " + stage["base"])
    return (
        [_from_step(where, "base", tuple(bases + _base_files(attr)), ())] +
        [_from_step(where, "state", state.outputs, state.evaluates) for state in states] +
        [
            struct(
                dockerfile = attr.dockerfile,
                evaluates = (),
                kind = "instruction",
                line = instruction.line,
                outputs = tuple(outputs[path]),
                stage = where.label,
                text = instruction.text,
            )
            for path, instruction in instructions.items()
        ] +
        [_from_step(where, "image", image.outputs, image.evaluates) for image in images]
    )

def _instructions(target, stage):
    """Returns a dict from the path of the text of each instruction to struct(line, text), in order."""
    written = {}
    for action in target.actions:
        path = action.outputs.to_list()[0].path if action.content != None else ""
        if path.endswith(".instruction"):
            written[path] = action.content

    # Those of the triggers of the base come first.
    lines = [instruction["line"] for instruction in stage["instructions"]]
    lines = [stage["line"]] * (len(written) - len(lines)) + lines
    return {
        path: struct(line = lines[i], text = text)
        for i, (path, text) in enumerate(written.items())
    }

def _instruction_of(path):
    """Returns the path of the text of the instruction that wrote a file."""
    directory, _, name = path.rpartition("/")
    for suffix in [".layer.", ".descriptor."]:
        if suffix in name:
            return directory + "/" + name.partition(suffix)[0] + ".instruction"
    return None

def _base_files(attr):
    """Returns the paths of the files of the image that a FROM names."""
    base = attr.base or attr.build_platform_base
    if not base or ImageInfo not in base:
        return []
    image = base[ImageInfo]
    layers = [
        file.path
        for layer in image.layers
        for file in [layer.tar, layer.index, layer.descriptor]
        if file
    ]
    return layers + [image.config.path]

def _from_step(where, kind, outputs, evaluates):
    return struct(
        dockerfile = where.dockerfile,
        evaluates = evaluates,
        kind = kind,
        line = where.line,
        outputs = outputs,
        stage = where.label,
        text = where.text,
    )

def _label(label):
    return str(label).removeprefix("@@").removeprefix("@")

image_steps = aspect(
    implementation = _image_steps_impl,
    attr_aspects = _SOURCES,
    doc = "Lists the steps of an image.",
)
