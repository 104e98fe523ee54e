"""The runfiles of an executable, in the layout that Bazel creates beside it."""

def runfiles_of(target, workspace_name, empty):
    """Lists the files that Bazel puts into the runfiles directory of an executable.

    Args:
      target: any target.
      workspace_name: name of the directory of the main repository.
      empty: empty File, for the empty files that Bazel adds.

    Returns:
      A dict from the path below `TARGET.runfiles/` to its File: the files of
      the main repository below `workspace_name`, those of any other below its
      canonical name. Empty if the target is not executable or needs only the
      executable.
    """
    info = target[DefaultInfo]
    executable = info.files_to_run.executable if info.files_to_run else None
    runfiles = info.default_runfiles
    if not executable or not runfiles:
        return {}

    # If two files have the same path, the later one is used, as in Bazel.
    below_workspace = {link.path: link.target_file for link in runfiles.symlinks.to_list()}
    below_workspace.update({path: empty for path in runfiles.empty_filenames.to_list()})
    below_workspace.update({file.short_path: file for file in runfiles.files.to_list()})
    at_root = {link.path: link.target_file for link in runfiles.root_symlinks.to_list()}
    if not at_root and below_workspace.values() in [[], [executable]]:
        return {}
    paths = {
        path.removeprefix("../") if path.startswith("../") else workspace_name + "/" + path: file
        for path, file in below_workspace.items()
    }
    paths.update(at_root)
    if not [path for path in paths if path.startswith(workspace_name + "/")]:
        paths[workspace_name + "/.runfile"] = empty
    repo_mapping = getattr(info.files_to_run, "repo_mapping_manifest", None)
    if repo_mapping:
        paths["_repo_mapping"] = repo_mapping
    return paths
