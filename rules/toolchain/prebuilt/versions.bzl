"""The prebuilt tools of this release.

Empty in the repository, where the tools are built from source.
tools/release/make_release.sh fills it in, in the archive of a release.
"""

# `{platform}` stands for a key of PREBUILT_SHA256, `linux_amd64`.
PREBUILT_URLS = []

PREBUILT_SHA256 = {}
