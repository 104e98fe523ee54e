"""Whether an ADD extracts an archive, as far as its text shows."""

load(":select.bzl", "is_remote")

_ENDINGS = (".tar", ".taz", ".tbz", ".tbz2", ".tgz", ".txz", ".tzst")

def names_archive(instruction):
    """Returns whether an instruction names an archive that it would extract.

    Only the content of a file shows whether it is an archive, which is not known in
    analysis. So the name in the Dockerfile decides: `rootfs.tar`,
    `app-$VERSION.tar.gz`, `*.tgz`.

    Args:
      instruction: from an outline.
    """
    if instruction["keyword"] != "ADD":
        return False
    extracts_remote = "--unpack" in instruction["text"]
    for source in instruction["sources"]:
        if is_remote(source) and not extracts_remote:
            continue
        name = source.partition("#")[0].partition("?")[0] if is_remote(source) else source
        name = name.rpartition("/")[2].lower()
        if name.endswith(_ENDINGS) or ".tar." in name:
            return True
    return False
