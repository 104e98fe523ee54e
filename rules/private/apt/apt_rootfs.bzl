"""The `apt_rootfs` rule: the root file system of a Debian base image."""

load("//rules/private/actions:emulators.bzl", "EMULATORS", "emulators_for")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Paths of the settings, with the names of Docker's Debian image: Dockerfiles delete
# docker-clean before they mount a cache.
_SETTINGS = {
    "apt.conf.d/docker-autoremove-suggests": "etc/apt/apt.conf.d/docker-autoremove-suggests",
    "apt.conf.d/docker-clean": "etc/apt/apt.conf.d/docker-clean",
    "apt.conf.d/docker-gzip-indexes": "etc/apt/apt.conf.d/docker-gzip-indexes",
    "apt.conf.d/docker-no-languages": "etc/apt/apt.conf.d/docker-no-languages",
    "cmethopt": "var/lib/dpkg/cmethopt",
    "dpkg.cfg.d/docker-apt-speedup": "etc/dpkg/dpkg.cfg.d/docker-apt-speedup",
    "fstab": "etc/fstab",
    "policy-rc.d": "usr/sbin/policy-rc.d",
}

def _layer(ctx, stage):
    prefix = "%s/%s" % (ctx.label.name, stage)
    return struct(
        tar = ctx.actions.declare_file(prefix + ".layer.tar"),
        index = ctx.actions.declare_file(prefix + ".layer.index"),
    )

def _extract_action(ctx):
    """Returns the layer of all packages, extracted but not configured."""
    layer = _layer(ctx, "extracted")
    args = ctx.actions.args()
    args.add_all(ctx.files.debs, format_each = "--deb=%s")
    args.add(ctx.file.sources, format = "--file=etc/apt/sources.list.d/debian.sources=%s")
    for file in ctx.files._settings:
        destination = _SETTINGS[file.path.rpartition("/files/")[2]]
        args.add(file, format = "--file=" + destination + "=%s")
    args.add(str(ctx.attr.date), format = "--epoch=%s")
    args.add(layer.tar, format = "--layer_out=%s")
    args.add(layer.index, format = "--index_out=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).deb_extract,
        args = args,
        inputs = ctx.files.debs + ctx.files._settings + [ctx.file.sources],
        outputs = [layer.tar, layer.index],
        mnemonic = "DebExtract",
        message = "Extracting %d Debian packages %%{label}" % len(ctx.files.debs),
    )
    return layer

def _configure_action(ctx, extracted):
    """Returns the layer of the changes of the maintainer scripts."""
    layer = _layer(ctx, "configured")
    state = ctx.actions.declare_file(ctx.label.name + "/configure.state.json")
    step = ctx.actions.declare_file(ctx.label.name + "/configure.step.json")
    ctx.actions.write(state, json.encode_indent({
        "args": [],
        "env": ["PATH=" + _PATH, "SOURCE_DATE_EPOCH=%d" % ctx.attr.date],
        "platform": ctx.attr.platform,
        "shell": [],
        "user": "",
        "workdir": "/",
    }, indent = "  ") + "\n")
    emulators = emulators_for(ctx, tools = dockerfile_tools(ctx), platform = ctx.attr.platform)
    inputs = [ctx.file._configure, state, extracted.tar, extracted.index] + emulators
    args = ctx.actions.args()
    args.add(ctx.file._configure, format = "--instruction=%s")
    args.add(state, format = "--state=%s")
    args.add(extracted.tar, format = "--layer=%s")
    args.add(extracted.index, format = "--index=%s")
    args.add("--network=none")
    args.add_all(emulators, format_each = "--emulator=%s")
    args.add(str(ctx.attr.date), format = "--epoch=%s")
    args.add(layer.tar, format = "--layer_out=%s")
    args.add(layer.index, format = "--index_out=%s")
    args.add(step, format = "--step_out=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).layer_run,
        args = args,
        inputs = inputs,
        outputs = [layer.tar, layer.index, step],
        mnemonic = "DebConfigure",
        message = "Configuring %d Debian packages %%{label}" % len(ctx.files.debs),
    )
    return layer

def _flatten_action(ctx, layers):
    """Returns several layers as one tar."""
    rootfs = ctx.actions.declare_file(ctx.label.name + ".tar")
    args = ctx.actions.args()
    args.add_all([layer.tar for layer in layers], format_each = "--upper=%s")
    args.add("--flatten")
    args.add(str(ctx.attr.date), format = "--epoch=%s")
    args.add(rootfs, format = "--layer_out=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).layer_diff,
        args = args,
        inputs = [layer.tar for layer in layers],
        outputs = [rootfs],
        mnemonic = "DebFlatten",
        message = "Flattening %{label}",
    )
    return rootfs

def _apt_rootfs_impl(ctx):
    extracted = _extract_action(ctx)
    configured = _configure_action(ctx, extracted)
    rootfs = _flatten_action(ctx, [extracted, configured])
    return [DefaultInfo(files = depset([rootfs]))]

apt_rootfs = rule(
    implementation = _apt_rootfs_impl,
    doc = """Installs a Debian system from packages, as one layer tar.

```starlark
apt_rootfs(
    name = "rootfs",
    date = 1783764997,
    debs = glob(["pool/**/*.deb"]),
    platform = "linux/amd64",
    sources = "debian.sources",
)
```""",
    attrs = {
        "date": attr.int(
            doc = "The date of the archive, in seconds since the Unix epoch. No file is newer.",
            mandatory = True,
        ),
        "debs": attr.label_list(
            allow_files = [".deb"],
            doc = "The packages, with all of their dependencies.",
            mandatory = True,
        ),
        "platform": attr.string(
            doc = "The platform of the packages.",
            mandatory = True,
        ),
        "sources": attr.label(
            allow_single_file = True,
            doc = "The apt sources in the image.",
            mandatory = True,
        ),
        "_configure": attr.label(
            allow_single_file = True,
            default = ":configure.instruction",
        ),
        "_settings": attr.label(
            allow_files = True,
            default = ":settings",
        ),
    } | EMULATORS,
    toolchains = [TOOLCHAIN_TYPE],
)
