#!/usr/bin/env bash
# The build context: ignore files, generated files, directories, archives.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //tar:Dockerfile //other:docker/web.Dockerfile
mkdir -p app/src tar other/docker other/site

# A directory that a rule creates.
cat >>MODULE.bazel <<'END'
bazel_dep(name = "web", version = "0")
local_path_override(module_name = "web", path = "web")
END
mkdir -p web/static/js
echo 'module(name = "web", version = "0")' >web/MODULE.bazel
echo 'filegroup(name = "static", srcs = glob(["static/**"]), visibility = ["//visibility:public"])' >web/BUILD.bazel
echo js >web/static/js/a.js
echo index >web/static/index.html
cat >app/tree.bzl <<'END'
def _tree_impl(ctx):
    tree = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(outputs = [tree], arguments = [tree.path], command = "mkdir -p $1/sub && echo x > $1/sub/x && echo y > $1/y")
    return [DefaultInfo(files = depset([tree]))]

tree = rule(implementation = _tree_impl)
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load(":tree.bzl", "tree")

tree(name = "generated_tree")

genrule(name = "generated", outs = ["generated.txt"], cmd = "echo generated > $@")

dockerfile_image(
    name = "image",
    srcs = glob(["src/**"]) + [":generated", ":generated_tree"],
    context_paths = {
        "//other:docker/web.Dockerfile": "elsewhere/renamed",
        "//other:pages": "pages/",
        "//other:site": "site/",
        "@web//:static": "www/",
    },
    strip_prefix = {"//other:site": "site"},
)
END
echo a >app/src/a.txt
echo '#!/bin/sh' >app/src/run
chmod 0644 app/src/run
echo secret >app/src/secret.key
printf 'src/*.key\n# a comment\n' >app/.dockerignore
cat >app/Dockerfile <<'END'
FROM scratch
COPY . /all/
COPY generated_tree/sub /sub/
COPY src/*.txt generated.txt /some/
END

(cd "$(mktemp -d -p "$WORKSPACE")" && mkdir -m 0700 private && echo b >private/b && ln -s private/b link && tar -cf "$WORKSPACE/tar/context.tar" .)
cat >tar/BUILD.bazel <<'END'
load("@dockerfiles//tar:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(name = "image", context_tar = "context.tar")
END
cat >tar/Dockerfile <<'END'
FROM scratch
COPY . /
END

cat >other/BUILD.bazel <<'END'
load("@dockerfiles//other:docker/web.Dockerfile.bzl", "dockerfile_image")

exports_files(["docker/web.Dockerfile"])

[
    filegroup(
        name = name,
        srcs = glob(["site/**"]),
        visibility = ["//visibility:public"],
    )
    for name in ["pages", "site"]
]

dockerfile_image(name = "image", srcs = [":site"])
END
echo index >other/site/index.html
echo draft >other/site/draft.html
echo 'site/draft.html' >other/docker/web.Dockerfile.dockerignore
printf 'FROM scratch\nCOPY site /site\n' >other/docker/web.Dockerfile

# Prints mode and path of all entries in the layers of image $1, one per line.
files_of() {
  build --output_groups=layers "$1" || {
    cat build.log >&2
    return 1
  }
  local layer
  for layer in $(nested_bazel cquery --output=files --output_groups=layers "$1" 2>/dev/null); do
    tar -tvf "$layer" | grep -v '^d' | awk '{print $1, $6}'
  done
}

expect_equal "files, modes by content, without ignored files" "$(files_of //app:image)" \
  "-rw-r--r-- all/elsewhere/renamed
-rw-r--r-- all/generated.txt
-rw-r--r-- all/generated_tree/sub/x
-rw-r--r-- all/generated_tree/y
-rw-r--r-- all/pages/site/draft.html
-rw-r--r-- all/pages/site/index.html
-rw-r--r-- all/site/draft.html
-rw-r--r-- all/site/index.html
-rw-r--r-- all/src/a.txt
-rwxr-xr-x all/src/run
-rw-r--r-- all/www/static/index.html
-rw-r--r-- all/www/static/js/a.js
-rw-r--r-- sub/x
-rw-r--r-- some/a.txt
-rw-r--r-- some/generated.txt"
expect_equal "an archive keeps symlinks and modes" \
  "$(files_of //tar:image; tar -tvf bazel-bin/tar/image/copy.*.layer.tar | awk '/^d/ {print $1, $6}')" \
  "lrwxrwxrwx link
-rw-r--r-- private/b
drwx------ private/"
expect_equal "the ignore file beside the Dockerfile is used" "$(files_of //other:image)" \
  "-rw-r--r-- site/index.html"
echo 'site/index.html' >other/docker/web.Dockerfile.dockerignore
expect_equal "an edit of the ignore file is noticed" "$(files_of //other:image)" \
  "-rw-r--r-- site/draft.html"

sed -i 's|"elsewhere/renamed"|"site/index.html"|' app/BUILD.bazel
expect_failure "two files at one path are an error with both labels" \
  'the build context has two different files at "site/index.html": other/docker/web.Dockerfile of @@//other:docker/web.Dockerfile, and other/site/index.html of @@//other:site' \
  //app:image

# A link that leaves the context, which glob() follows.
mkdir elsewhere
echo x >elsewhere/file
ln -s "$PWD/elsewhere" app/src/link
sed -i 's|"site/index.html"|"elsewhere/renamed"|' app/BUILD.bazel
files_of //app:image >/dev/null
expect_equal "a link that leaves the context has a hint" "$(grep -A1 '^layer_copy: warning' build.log | head -n 2)" \
  "layer_copy: warning: \"src/link/file\" is \"$PWD/elsewhere/file\": a symlink leads out of the build context
hint: exclude it: glob([…], exclude = [\"src/link/file\"])"
