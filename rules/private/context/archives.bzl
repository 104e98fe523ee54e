"""Which ADD unpacks an archive, as far as its text tells."""

load(":select.bzl", "is_remote")

_ENDINGS = (".tar", ".taz", ".tbz", ".tbz2", ".tgz", ".txz", ".tzst")

def names_archive(outlined):
    """Tells whether an instruction names an archive that it would unpack.

    Only the content of a file says whether it is one, and no action knows that
    of its inputs. So the name counts, as it is written: `rootfs.tar`,
    `app-$VERSION.tar.gz`, `*.tgz`.

    Args:
      outlined: an instruction of an outline.

    Returns:
      A bool.
    """
    if outlined["keyword"] != "ADD":
        return False
    unpacks_remote = "--unpack" in outlined["text"]
    for source in outlined["sources"]:
        if is_remote(source) and not unpacks_remote:
            continue
        name = source.partition("#")[0].partition("?")[0] if is_remote(source) else source
        name = name.rpartition("/")[2].lower()
        if name.endswith(_ENDINGS) or ".tar." in name:
            return True
    return False
