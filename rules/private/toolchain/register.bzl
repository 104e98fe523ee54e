"""Registration of the toolchain, for WORKSPACE."""

def rules_dockerfile_toolchains():
    """Registers the toolchain that builds the tools from source."""
    native.register_toolchains(str(Label("//rules/toolchain:from_source_toolchain")))
