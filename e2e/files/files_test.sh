#!/usr/bin/env bash
# stage_files: files of an image, and of a stage of it, as targets.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir -p app root/usr/lib
cp prebuilt/box root/box
echo library >root/usr/lib/x.so.1
ln -s x.so.1 root/usr/lib/x.so
ln -s usr/lib root/lib
ln -s /nowhere root/usr/lib/gone
ln -s .. root/usr/lib/up
ln -s /etc/passwd root/usr/lib/secret
tar --sort=name --owner=7 --group=8 -cf app/rootfs.tar -C root box lib usr
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image", "stage_files")
base_image(name = "base", platform = "linux/amd64", rootfs = "rootfs.tar")
dockerfile_image(name = "image", bases = {"base": ":base"}, platform = "linux/amd64")
stage_files(name = "one", image = ":image", stage = "build", paths = ["/out/tool"], out = "bin/tool")
stage_files(name = "directory", image = "image", stage = "build", paths = ["/lib", "/out"])
stage_files(name = "tar", image = ":image", stage = "build", paths = ["/lib", "/out"], tar = True)
stage_files(name = "image_files", image = ":image")
stage_files(name = "of_base", image = ":base", paths = ["usr/lib/x.so"])
stage_files(name = "not_there", image = ":image", stage = "build", paths = ["/out/tol"])
stage_files(name = "no_file", image = ":image", stage = "build", paths = ["/out"], out = "out")
stage_files(name = "two", image = ":image", paths = ["/a", "/b"], out = "out")
stage_files(name = "tar_of_one", image = ":image", paths = ["/a"], out = "out", tar = True)
# An image as a build tool.
genrule(name = "uses", tools = [":one"], outs = ["used"], cmd = "$(execpath :one) -c 'echo made' > $@")
END
cat >app/Dockerfile <<'END'
FROM base AS build
COPY --from=base --chmod=0750 /box /out/tool
COPY --from=base /usr/lib/x.so /out/data/x
FROM scratch
COPY --from=build /out/data /data
END
build //app:one //app:directory //app:tar //app:image_files //app:of_base //app:uses || {
  cat build.log
  exit 1
}
# Prints the files of directory $1 of bazel-bin.
content() { (cd -P "bazel-bin/app/$1" && find . -mindepth 1 -printf '%y %P\n' | sort); }
expect_equal "one file" "$(cmp bazel-bin/app/bin/tool prebuilt/box && echo same)" same
expect_equal "one file as a tool" "$(cat bazel-bin/app/used)" made
# /usr/lib/up is a symlink to /usr, which contains the directory that is copied.
expect_equal "a directory has the targets of symlinks in the image" "$(content directory)" "d lib
d lib/up
d out
d out/data
f lib/x.so
f lib/x.so.1
f out/data/x
f out/tool"
expect_equal "its file" "$(cat bazel-bin/app/directory/lib/x.so)" library
expect_equal "a tar has the files as they are in the image" \
  "$(tar --numeric-owner -tvf bazel-bin/app/tar.tar | awk '{ print $1, $2, $6, $7, $8 }' | sed 's/ *$//')" \
  "drwxr-xr-x 7/8 lib/
lrwxrwxrwx 7/8 lib/gone -> /nowhere
lrwxrwxrwx 7/8 lib/secret -> /etc/passwd
lrwxrwxrwx 7/8 lib/up -> ..
lrwxrwxrwx 7/8 lib/x.so -> x.so.1
-rw-r--r-- 7/8 lib/x.so.1
drwxr-x--- 0/0 out/
drwxr-xr-x 0/0 out/data/
-rw-r--r-- 7/8 out/data/x
-rwxr-x--- 7/8 out/tool"
expect_equal "the complete image" "$(content image_files)" "d data
f data/x"
expect_equal "a file of a base image" "$(content of_base)" "d usr
d usr/lib
f usr/lib/x.so"

# The bytes are the same in another build, and do not depend on the context.
sums() { (cd -P bazel-bin/app && find tar.tar directory/ bin/tool -type f -exec sha256sum {} + | sort -k 2); }
first=$(sums)
nested_bazel clean >clean.log 2>&1
build //app:one //app:directory //app:tar || {
  cat build.log
  exit 1
}
expect_equal "the bytes of another build" "$(sums)" "$first"

expect_failure "a path that does not exist" \
  'stage_extract: @@//app:not_there: "/out/tol": not found (did you mean /out/tool?)' //app:not_there
expect_failure "a directory instead of a file" \
  'stage_extract: @@//app:no_file: "/out": expected a file, got a directory' //app:no_file
expect_failure "two paths for one file" '@@//app:two: out: expected one path, got 2' //app:two
expect_failure "a tar and a file" '@@//app:tar_of_one: expected at most one of tar and out' //app:tar_of_one
