"""The apt sources in a Debian base image."""

_SOURCE = """\
Types: deb
URIs: {url}
Suites: {suites}
Components: main
{options}Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""

def debian_sources(suite, mirrors, frozen):
    """Returns the text of /etc/apt/sources.list.d/debian.sources.

    Args:
      suite: string: such as "bookworm".
      mirrors: dict: archive to URL. Archives that are missing have no source.
      frozen: bool: whether the mirrors may serve expired Release files.

    Returns:
      string: one paragraph per archive, in deb822 format.
    """
    suites = {
        "debian": "%s %s-updates" % (suite, suite),
        "debian-security": "%s-security" % suite,
    }
    return "\n".join([
        _SOURCE.format(
            url = mirrors[archive],
            suites = suites[archive],
            options = "Check-Valid-Until: no\nCheck-Date: no\n" if frozen else "",
        )
        for archive in suites
        if archive in mirrors
    ])
