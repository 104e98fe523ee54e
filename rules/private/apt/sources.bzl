"""The sources of apt inside a Debian base image."""

_SOURCE = """\
Types: deb
URIs: {url}
Suites: {suites}
Components: main
{options}Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""

def debian_sources(suite, mirrors, frozen):
    """The text of /etc/apt/sources.list.d/debian.sources.

    Args:
      suite: string: "bookworm".
      mirrors: dict: archive to URL; those that are not there make no source.
      frozen: bool: whether the mirrors may serve Release files that have expired.

    Returns:
      string: one paragraph an archive, deb822.
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
