"""The `settings_table` macro: the settings of a package as a page."""

_PAGE = """\
<!-- Written by `bazel run //docs:update` from the BUILD file of the settings: edit that. -->

# Build settings

Set them on the command line or in `.bazelrc`: `--@rules_dockerfile//{package}:NAME=VALUE`.

| setting | values | default | meaning |
| --- | --- | --- | --- |
{rows}
"""

# Values of each kind of setting.
_VALUES = {
    "bool_flag": "boolean",
    "int_flag": "integer",
    "label_flag": "label",
    "repeatable_string_flag": "string, may be repeated",
    "string_flag": "string",
}

def _settings_page_impl(ctx):
    page = ctx.actions.declare_file(ctx.label.name + ".md")
    ctx.actions.write(page, ctx.attr.text)
    return [DefaultInfo(files = depset([page]))]

_settings_page = rule(
    implementation = _settings_page_impl,
    doc = "Writes a text to a file.",
    attrs = {"text": attr.string(mandatory = True)},
)

def _row(name, setting):
    values = setting["values"] if "values" in setting else []
    default = setting["build_setting_default"]
    is_shown = type(default) in ["bool", "int"] or (default and setting["kind"] != "label_flag")
    return "| `%s` | %s | %s | %s |" % (
        name,
        ", ".join(["`%s`" % value for value in values]) or _VALUES[setting["kind"]],
        "`%s`" % str(default) if is_shown else "",
        setting["help"],
    )

def settings_table(name, internal, **kwargs):
    """Writes a page about the settings that are declared above.

    Args:
      name: name of the target.
      internal: settings that are not for users. Every other one needs `help`.
      **kwargs: attributes of the target.
    """
    settings = {
        setting: attributes
        for setting, attributes in native.existing_rules().items()
        if attributes["kind"] in _VALUES and setting not in internal
    }
    for setting, attributes in settings.items():
        if not attributes["help"]:
            fail("%s: help is required" % setting)
    _settings_page(
        name = name,
        text = _PAGE.format(
            package = native.package_name(),
            rows = "\n".join([_row(setting, settings[setting]) for setting in sorted(settings)]),
        ),
        **kwargs
    )
