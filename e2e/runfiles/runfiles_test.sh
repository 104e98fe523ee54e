#!/usr/bin/env bash
# Executables that need runfiles work in an image: shell, C with a shared
# library, Python, and the layout of a custom rule. The base has the shell, the C
# library and the Python of the host. And Python uses the .pyc files that it wrote in
# a RUN.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //app:compiled.Dockerfile
mkdir -p app lib/jdk rootfs

# Adds programs of the host to the base, with their shared libraries.
add_programs() {
  local path
  for path in "$@" $(ldd "$@" 2>/dev/null | grep -o '/[^ :]*' | sort -u); do
    [[ $path == "$WORKSPACE"/* || $path == */bazel-out/* || -e rootfs$path ]] || install -D "$(readlink -f "$path")" "rootfs$path"
  done
}

cat >lib/BUILD.bazel <<'XX'
package(default_visibility = ["//visibility:public"])

exports_files(glob(["*.txt"]))

cc_library(name = "greet", srcs = ["greet.c"], hdrs = ["greet.h"])

py_library(name = "words", srcs = ["words.py"])

sh_library(name = "shared", data = ["big.txt", "notes.md"])
XX
head -c 1000 /dev/zero | tr '\0' 'x' >lib/big.txt
echo notes >lib/notes.md
echo 'const char* Greet(void);' >lib/greet.h
printf '#include "lib/greet.h"\nconst char* Greet(void) { return "greetings from a shared library"; }\n' >lib/greet.c
echo 'WORD = "greetings from a module"' >lib/words.py

cat >app/launcher.bzl <<'XX'
"""A program as the rules of Java and others make them: a script that finds all it needs among its runfiles."""

def _launcher_impl(ctx):
    runtime = ctx.actions.declare_directory(ctx.label.name + ".runtime")
    ctx.actions.run_shell(
        outputs = [runtime],
        command = "mkdir -p {0}/bin {0}/lib && printf '#!/bin/sh\nread -r line <\"$1\"; echo \"$line\"' > {0}/bin/run && echo 'greetings from a tree' > {0}/lib/text".format(runtime.path),
    )
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(script, """#!/bin/sh
RUNFILES=${RUNFILES_DIR:-$0.runfiles}
exec "$RUNFILES/_main/%s/bin/run" "$RUNFILES/%s/lib/text"
""" % (runtime.short_path, "runtime"), is_executable = True)
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles([runtime], root_symlinks = {"runtime": runtime}, symlinks = {"links/text": ctx.file.text}),
    )]

launcher = rule(
    implementation = _launcher_impl,
    attrs = {"text": attr.label(allow_single_file = True)},
    executable = True,
)
XX
cat >app/BUILD.bazel <<'XX'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@dockerfiles//app:compiled.Dockerfile.bzl", compiled_image = "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image", "image_test")
load(":launcher.bzl", "launcher")

base_image(name = "base", platform = "linux/amd64", rootfs = "base.tar")

[
    sh_binary(name = name, srcs = [name + ".sh"], data = ["//lib:shared"])
    for name in ["first", "second"]
]

cc_binary(name = "greet", srcs = ["main.c"], linkstatic = False, deps = ["//lib:greet"])

py_binary(name = "hello", srcs = ["hello.py"], deps = ["//lib:words"])

launcher(name = "launch", text = "//lib:big.txt")

dockerfile_image(
    name = "image",
    bases = {"base": ":base"},
    context_paths = {
        ":first": "bin/renamed",
        ":greet": "bin/greet",
        ":hello": "bin/",
        ":launch": "bin/server",
        ":second": "bin/",
    },
)

image_test(
    name = "image_test",
    commands = [
        {"name": name, "command": "/opt/" + name, "expectedOutput": ["^%s\n$" % output]}
        for name, output in {
            "greet": "greetings from a shared library",
            "hello": "greetings from a module",
            "renamed": "first: x{1000}",
            "second": "second: x{1000}",
            "server": "greetings from a tree",
        }.items()
    ],
    image = ":image",
)
XX
for name in first second; do
  cat >app/$name.sh <<XX
#!/bin/sh
read -r line <"\${RUNFILES_DIR:-\$0.runfiles}/_main/lib/big.txt"
echo "$name: \$line"
XX
  chmod 0755 app/$name.sh
done
printf '#include <stdio.h>\n#include "lib/greet.h"\nint main(void) { return puts(Greet()) < 0; }\n' >app/main.c
printf 'from lib.words import WORD\n\nprint(WORD)\n' >app/hello.py
cat >>app/BUILD.bazel <<'XX'

# Python says in which file it found what it imports.
compiled_image(name = "compiled", bases = {"base": ":base"}, srcs = ["by_hash.py", "by_time.py"])

image_test(
    name = "compiled_test",
    commands = [{
        "name": "Python compiles nothing",
        "command": "python3",
        "args": ["-v", "-c", "import by_hash, by_time; print(by_hash.NAME, by_time.NAME)"],
        "envVars": [{"key": "PYTHONPATH", "value": "/opt"}],
        "expectedOutput": ["^hash time\n$"],
        "expectedError": ["by_%s[.]cpython-[0-9]+[.]pyc matches /opt/by_%s[.]py" % (name, name) for name in ["hash", "time"]],
        "excludedError": ["bytecode is stale", "# wrote '/opt"],
    }],
    image = ":compiled",
)
XX
for name in hash time; do echo "NAME = '$name'" >app/by_$name.py; done
# With SOURCE_DATE_EPOCH a .pyc has a hash of its source, else the time.
cat >app/compiled.Dockerfile <<'XX'
FROM base
COPY *.py /opt/
RUN cd /opt && python3 -m py_compile by_hash.py && env -u SOURCE_DATE_EPOCH python3 -m py_compile by_time.py
XX
echo '**/*.md' >app/.dockerignore
cat >app/Dockerfile <<'XX'
FROM base
COPY bin/renamed /bare/
COPY bin/ /opt/
XX

fail_with_log() {
  cat build.log >&2
  exit 1
}

build //app:greet || fail_with_log
add_programs /bin/sh /usr/bin/env "$(readlink -f bazel-bin/app/greet)"
rm -rf "rootfs$(readlink -f bazel-bin/app/greet)"
skipped=
python=$(readlink -f /usr/bin/python3 || true)
if [[ -x $python ]]; then
  add_programs "$python" /bin/grep
  cp "$python" rootfs/usr/bin/python3
  version=$(basename "$python")
  mkdir -p rootfs/usr/lib
  tar -C /usr/lib --exclude=__pycache__ --exclude=test --exclude='config-*' -c "$version" | tar -C rootfs/usr/lib -x
  printf '#!/bin/sh\ncommand -v "$1"\n' >rootfs/usr/bin/which
  chmod 0755 rootfs/usr/bin/which
else
  echo "skipped: no /usr/bin/python3 to run hello"
  skipped='"hello": '
fi
tests=(//app:image_test //app:compiled_test)
if [[ -n $skipped ]]; then tests=(//app:image_test); fi
if [[ -n $skipped ]]; then sed -i "/^            $skipped/d" app/BUILD.bazel; fi
tar -cf app/base.tar --owner=0 --group=0 -C rootfs .

code=0
nested_bazel test --test_output=all "${tests[@]}" >test.log 2>&1 || code=$?
if ((code)); then cat test.log; fi
expect_equal "the programs run" "$(grep -c '^PASS' test.log) exit code $code" \
  "$([[ -n $skipped ]] && echo 4 || echo 6) exit code 0"

# Prints type and path of all entries of layer $1 of the image, with the target of links.
build --output_groups=layers //app:image || fail_with_log
layers=$(nested_bazel cquery --output=files --output_groups=layers //app:image 2>/dev/null | grep /copy)
contents() {
  tar -tvf "$(echo "$layers" | sed -n "$1p")" | sed -E 's/^(.)\S+ \S+ +\S+ \S+ \S+ /\1 /' | grep -v '^d'
}
expect_equal "a file without runfiles has no runfiles directory" "$(contents 1)" "- bare/renamed"
expect_equal "shared files are in the layer once, ignored files are not" \
  "$(contents 2 | grep -E 'renamed|second|server|hello.py')" \
  "- opt/hello.py
h opt/hello.runfiles/_main/app/hello.py link to opt/hello.py
- opt/renamed
h opt/renamed.runfiles/_main/app/first link to opt/renamed
- opt/renamed.runfiles/_main/app/first.sh
- opt/renamed.runfiles/_main/lib/big.txt
- opt/renamed.runfiles/_repo_mapping
- opt/second
h opt/second.runfiles/_main/app/second link to opt/second
- opt/second.runfiles/_main/app/second.sh
h opt/second.runfiles/_main/lib/big.txt link to opt/renamed.runfiles/_main/lib/big.txt
- opt/second.runfiles/_repo_mapping
h opt/second.sh link to opt/second.runfiles/_main/app/second.sh
- opt/server
h opt/server.runfiles/_main/app/launch link to opt/server
- opt/server.runfiles/_main/app/launch.runtime/bin/run
- opt/server.runfiles/_main/app/launch.runtime/lib/text
h opt/server.runfiles/_main/links/text link to opt/renamed.runfiles/_main/lib/big.txt
- opt/server.runfiles/_repo_mapping
h opt/server.runfiles/runtime/bin/run link to opt/server.runfiles/_main/app/launch.runtime/bin/run
h opt/server.runfiles/runtime/lib/text link to opt/server.runfiles/_main/app/launch.runtime/lib/text"

# MANIFEST has paths of the host; the ignore file excludes notes.md.
build --nolegacy_external_runfiles //app:all || fail_with_log
for target in first:renamed greet:greet hello:hello launch:server second:second; do
  expect_equal "the runfiles of ${target%:*} are laid out as Bazel does" \
    "$(contents 2 | sed -nE "s|^. opt/${target#*:}.runfiles/([^ ]*).*|\1|p" | sort)" \
    "$(cd "bazel-bin/app/${target%:*}.runfiles" && find -L . -type f | sed 's|^\./||' | grep -vx 'MANIFEST\|.*\.md' | sort)"
done

echo more >>lib/big.txt
expect_equal "a runfile is in the key of the COPY that reads it, not of the one without runfiles" \
  "$(actions_of_build --output_groups=layers //app:image)" "DockerfileCopy 1"
