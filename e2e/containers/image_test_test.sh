#!/usr/bin/env bash
# Tests of an image: `image_test`, with the fields of container-structure-test;
# `sbom_test`, with the SBOM that it reads; `image_size_test` and `image_diff_test`.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile //sbom:Dockerfile //sized:Dockerfile
mkdir app base sbom
cp "$RUNFILES/lib/sandbox/testing/probe" app/
mkdir -p base/etc base/usr/share/doc/{a,b}
echo 'app:x:1000:100::/home/app:/bin/sh' >base/etc/passwd
ln -s passwd base/etc/link
echo "License: MIT" >base/usr/share/doc/a/copyright
echo "License: AGPL-3" >base/usr/share/doc/b/copyright
mkdir -p base/usr/share/doc/c base/var/lib/dpkg
printf 'Format: x\n\nFiles: *\nLicense: GPL-2+\n' >base/usr/share/doc/c/copyright
printf 'Package: c\nStatus: install ok installed\nVersion: 1:2\nArchitecture: all\n' >base/var/lib/dpkg/status
tar -cf app/base.tar --owner=0 --group=0 -C base etc usr var
cat >app/Dockerfile <<'END'
FROM base
COPY probe /bin/probe
COPY bin/sh /bin/sh
ENV PATH=/bin A=image
LABEL org.example.a="1.2"
EXPOSE 80 53/udp
VOLUME /data
USER app
WORKDIR /work
ENTRYPOINT ["/bin/probe"]
CMD ["cwd"]
END
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "base_image", "image_test")

base_image(name = "base", platform = "linux/amd64", rootfs = "base.tar", visibility = ["//sbom:__pkg__"])

dockerfile_image(
    name = "image",
    srcs = ["probe"],
    bases = {"base": ":base"},
    context_paths = {"//prebuilt:box": "bin/sh"},
)

image_test(name = "passing_test", configs = ["passing.yaml", "passing.json"], data = ["variables"], image = ":image")

image_test(name = "failing_test", configs = ["failing.yaml"], image = ":image")

image_test(name = "wrong_test", configs = ["wrong.yaml"], image = ":image")

image_test(
    name = "attributes_test",
    commands = [{"name": "runs", "command": "/bin/sh", "args": ["-c", "echo yes"], "expectedOutput": ["^yes\n$"]}],
    contents = [{"name": "users", "path": "/etc/passwd", "expectedContents": ["app"]}],
    files = ["/etc/passwd", {"name": "no root", "path": "/root", "shouldExist": False}],
    image = ":image",
    metadata = {"user": "app"},
)
END
echo F=file >app/variables
cat >app/passing.yaml <<'END'
schemaVersion: 2.0.0
globalEnvVars:
- key: PATH
  value: /nowhere:$PATH
containerRunOptions:
  user: "0"
  envFile: app/variables
  capabilities: [NET_BIND_SERVICE]
commandTests:
- name: exit code and both outputs
  command: probe
  args: [ids, ;, stderr, oh, no, ;, exit, "3"]
  exitCode: 3
  expectedOutput: ["^uid 0 ", "groups \\d"]
  excludedOutput: [uid 1]
  expectedError: ["oh no"]
  excludedError: [yes]
- name: what setup left
  setup: [[/bin/probe, write, /setup, left], [/bin/probe, mkdir, /more]]
  teardown: [[/bin/probe, rm, /setup]]
  command: /bin/probe
  args: [cat, /setup, ;, list, /more]
  expectedOutput: ["^left/more:\n$"]
- name: its environment
  envVars: [{key: B, value: "${A}-b"}]
  command: probe
  args: [env]
  expectedOutput: ["(?m)^PATH=/nowhere:/bin$", "(?m)^B=image-b$", "(?m)^F=file$"]
- name: no network
  command: probe
  args: [interfaces]
  expectedOutput: ["^interfaces lo=up\n$"]
- name: no such program
  command: nosuch
  exitCode: 127
fileExistenceTests:
- name: users
  path: /etc/passwd
  permissions: "-rw-r--r--"
  uid: 0
  gid: 0
- {name: a link, path: /etc/link, permissions: Lrwxrwxrwx}
- {name: a directory, path: /etc, permissions: drwxr-xr-x}
- {name: nothing, path: /nothing, shouldExist: false}
- {name: a program, path: /bin/probe, isExecutableBy: other}
fileContentTests:
- name: through a link
  path: /etc/link
  expectedContents: ["app:x:\\d+"]
  excludedContents: [root]
licenseTests:
- files: [/usr/share/doc/a/copyright]
END
cat >app/passing.json <<'END'
{
  "schemaVersion": "2.0.0",
  "metadataTest": {
    "envVars": [{"key": "A", "value": "image"}, {"key": "PATH", "value": "/b.n", "isRegex": true}],
    "unboundEnvVars": [{"key": "DEBUG"}],
    "labels": [{"key": "org.example.a", "value": "1.2"}],
    "exposedPorts": ["80", "53/udp"],
    "unexposedPorts": ["53/tcp", "81"],
    "volumes": ["/data"],
    "unmountedVolumes": ["/etc"],
    "entrypoint": ["/bin/probe"],
    "cmd": ["cwd"],
    "workdir": "/work",
    "user": "app"
  }
}
END
cat >app/failing.yaml <<'END'
schemaVersion: 2.0.0
commandTests:
- name: works
  command: probe
  args: [pid]
- name: all wrong
  command: probe
  args: [stderr, oh, no, ;, cwd, ;, exit, "2"]
  expectedOutput: [nothing]
  excludedOutput: [cwd]
  expectedError: ["yes"]
- name: setup fails
  setup: [[/bin/sh, -c, exit 4]]
  command: probe
  args: [pid]
fileExistenceTests:
- {name: missing, path: /missing}
- {name: there, path: /etc/passwd, shouldExist: false}
- name: wrong
  path: /etc/passwd
  permissions: "-rwxr-xr-x"
  uid: 5
  gid: 6
  isExecutableBy: owner
fileContentTests:
- {name: directory, path: /etc, expectedContents: [a]}
- {name: users, path: /etc/passwd, expectedContents: ["^root"], excludedContents: [app]}
metadataTest:
  envVars:
  - {key: A, value: other}
  - {key: C, value: c}
  unboundEnvVars: [{key: A}, {key: D}]
  labels:
  - {key: org.example.a, value: "^2", isRegex: true}
  exposedPorts: ["81"]
  unexposedPorts: ["80"]
  volumes: [/etc]
  unmountedVolumes: [/data]
  entrypoint: []
  cmd: [cwd, x]
  workdir: /
  user: root
licenseTests:
- {debian: true, files: [/missing]}
END
printf 'schemaVersion: 2.0.0\ncommandTests:\n- name: a\n  comand: b\n' >app/wrong.yaml

# Prints the output of test $1 of package $2, and how it ends.
run_test() {
  local code=0
  nested_bazel test --test_output=all "//${2:-app}:$1" >test.log 2>&1 || code=$?
  sed -n '/^====* Test output/,/^====*$/p' test.log | sed '1d;$d'
  echo "exit code $code"
}

expect_equal "all kinds, passing" "$(run_test passing_test)" \
  'PASS app/passing.yaml:10: command "exit code and both outputs"
PASS app/passing.yaml:18: command "what setup left"
PASS app/passing.yaml:24: command "its environment"
PASS app/passing.yaml:29: command "no network"
PASS app/passing.yaml:33: command "no such program"
PASS app/passing.yaml:37: file existence "users"
PASS app/passing.yaml:42: file existence "a link"
PASS app/passing.yaml:43: file existence "a directory"
PASS app/passing.yaml:44: file existence "nothing"
PASS app/passing.yaml:45: file existence "a program"
PASS app/passing.yaml:47: file content "through a link"
PASS app/passing.yaml:52: licences
PASS app/passing.json:3: metadata
13 passed, 0 failed
exit code 0'
expect_equal "attributes" "$(run_test attributes_test)" \
  'PASS //app:attributes_test:3: command "runs"
PASS //app:attributes_test:25: file existence "/etc/passwd"
PASS //app:attributes_test:29: file existence "no root"
PASS //app:attributes_test:16: file content "users"
PASS //app:attributes_test:35: metadata
5 passed, 0 failed
exit code 0'
expect_equal "all kinds, failing" "$(run_test failing_test)" \
  'PASS app/failing.yaml:3: command "works"
FAIL app/failing.yaml:6: command "all wrong"
  exit code 2, expected 0
  standard output does not match "nothing"
  standard output must not match "cwd"
  standard output is:
    | cwd /work
  standard error does not match "yes"
  standard error is:
    | oh no 
FAIL app/failing.yaml:12: command "setup fails"
  setup "/bin/sh -c exit 4": exit code 4, expected 0
  setup "/bin/sh -c exit 4": standard output is empty
  setup "/bin/sh -c exit 4": standard error is empty
FAIL app/failing.yaml:17: file existence "missing"
  "/missing" does not exist
FAIL app/failing.yaml:18: file existence "there"
  "/etc/passwd" must not exist
FAIL app/failing.yaml:19: file existence "wrong"
  permissions -rw-r--r--, expected -rwxr-xr-x
  uid 0, expected 5
  gid 0, expected 6
  not executable by owner: -rw-r--r--
FAIL app/failing.yaml:26: file content "directory"
  "/etc" is not a file: drwxr-xr-x
FAIL app/failing.yaml:27: file content "users"
  "/etc/passwd" does not match "^root"
  "/etc/passwd" must not match "app"
  "/etc/passwd" is:
    | app:x:1000:100::/home/app:/bin/sh
FAIL app/failing.yaml:29: metadata
  variable A is "image", expected "other"
  variable C is not set
  variable A must not be set
  label org.example.a is "1.2", expected a match of "^2"
  port 81 is not exposed; exposed: ["53/udp", "80/tcp"]
  port 80 must not be exposed
  "/etc" is not a volume; volumes: ["/data"]
  "/data" must not be a volume
  entrypoint is ["/bin/probe"], expected none
  cmd is ["cwd"], expected ["cwd", "x"]
  workdir is "/work", expected "/"
  user is "app", expected "root"
FAIL app/failing.yaml:44: licences
  "/usr/share/doc/b/copyright" names the licence AGPL
  "/missing" does not exist
1 passed, 9 failed
image_test: the image fails its tests
exit code 3'
expect_equal "the JUnit XML" \
  "$(sed -E 's/ time="[0-9.]+"//' bazel-testlogs/app/failing_test/test.xml | sed -n '1,9p')" \
  '<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="10" failures="9">
  <testsuite name="image_test" tests="10" failures="9">
    <testcase name="command &quot;works&quot;" classname="app/failing.yaml:3"/>
    <testcase name="command &quot;all wrong&quot;" classname="app/failing.yaml:6">
      <failure message="exit code 2, expected 0&#10;standard output does not match &quot;nothing&quot;&#10;standard output must not match &quot;cwd&quot;&#10;standard output is:&#10;  | cwd /work&#10;standard error does not match &quot;yes&quot;&#10;standard error is:&#10;  | oh no "/>
    </testcase>
    <testcase name="command &quot;setup fails&quot;" classname="app/failing.yaml:12">
      <failure message="setup &quot;/bin/sh -c exit 4&quot;: exit code 4, expected 0&#10;setup &quot;/bin/sh -c exit 4&quot;: standard output is empty&#10;setup &quot;/bin/sh -c exit 4&quot;: standard error is empty"/>'
expect_equal "an unknown key" "$(run_test wrong_test)" \
  'image_test: app/wrong.yaml: line 4: commandTests[0]: unknown key "comand"; known keys: "args", "command", "envVars", "excludedError", "excludedOutput", "exitCode", "expectedError", "expectedOutput", "name", "setup", "teardown"
exit code 3'

build //app:image.run && bazel-bin/app/image.run pid >run.log
expect_equal "a container of an image on an imported base" "$(cat run.log)" "pid 1"

mkdir sbom/{pad,tool}
echo '{"name": "pad", "version": "1.0.0", "license": "MIT"}' >sbom/pad/package.json
echo '{"name": "tool", "version": "2.0.0"}' >sbom/tool/package.json
cat >sbom/Dockerfile <<'END'
FROM base AS tools
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY tool /app/node_modules/tool

FROM base
COPY --from=tools /etc/passwd /copied
# This line is not in the key of the COPY.
COPY pad /app/node_modules/pad
END
cat >sbom/BUILD.bazel <<'END'
load("@dockerfiles//sbom:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "sbom_test")

dockerfile_image(name = "image", srcs = glob(["*/*"]), bases = {"base": "//app:base"})

dockerfile_image(name = "index", srcs = glob(["*/*"]), bases = {"base": "//app:base"}, platforms = ["@platforms//host"])

sbom_test(name = "passing_test", denied_licenses = ["AGPL-*"], denied_packages = ["tool"], image = ":index")

sbom_test(name = "failing_test", denied_licenses = ["GPL-*"], denied_packages = ["pkg:npm/pad@1.*"], image = ":image")
END
build //sbom:image --output_groups=sbom_cyclonedx,sbom_inventory,sbom_spdx || {
  cat build.log
  exit 1
}

# Prints the names of the packages in document $1.
packages_of() {
  sed -n 's/.*"referenceLocator": "\(pkg:[^"]*\)".*/\1/p; s/.*"purl": "\(pkg:[^"]*\)".*/\1/p' "$1" |
    sed '/^pkg:oci/d' | LC_ALL=C sort | xargs
}
for document in spdx.json cdx.json; do
  expect_equal "the packages of the image, $document" \
    "$(packages_of "bazel-bin/sbom/image/sbom.$document")" "pkg:deb/debian/c@1:2?arch=all pkg:npm/pad@1.0.0"
  expect_equal "the packages of a scanned stage, $document" \
    "$(packages_of "bazel-bin/sbom/image.stage.tools/sbom.$document")" "pkg:deb/debian/c@1:2?arch=all pkg:npm/tool@2.0.0"
done
expect_equal "layer and line" \
  "$(sed -n 's/.*"comment": "\(layer .*\), diff_id .*, \([^,]*\)",*$/\1 \2/p' bazel-bin/sbom/image/sbom.spdx.json)" \
  'layer 0 base: ADD rootfs /
layer 2 sbom/Dockerfile:8: COPY pad /app/node_modules/pad # buildkit'
cp bazel-bin/sbom/image/sbom.spdx.json first.json
expect_equal "one action writes the documents, and only if they are asked for" \
  "$(rm -f bazel-bin/sbom/image/sbom.spdx.json && actions_of_build //sbom:image --output_groups=sbom_spdx)" "DockerfileSbom 1"
cmp first.json bazel-bin/sbom/image/sbom.spdx.json
sed -i '/^# This line/d' sbom/Dockerfile
expect_equal "another line is another document, and nothing else" \
  "$(actions_of_build //sbom:image --output_groups=sbom_spdx,+default)" "DockerfileCheck 2 DockerfileSbom 1"
expect_equal "the documents have the new line" \
  "$(grep -c 'sbom/Dockerfile:7: COPY pad' bazel-bin/sbom/image/sbom.spdx.json)" "2"

# The output of a test, without digests.
run_sbom_test() { nested_bazel test --test_output=all "//sbom:$1" >test.log 2>&1; }
sbom_output() { sed -n '/^====* Test output/,/^====*$/p' test.log | sed '1d;$d; s/sha256:[0-9a-f]*/DIGEST/'; }
run_sbom_test passing_test || {
  cat test.log
  exit 1
}
expect_equal "nothing is denied, of each image of an index" "$(sbom_output)" \
  "sbom/index.image linux/amd64: 2 packages, 0 denied, 0 files not read"
if run_sbom_test failing_test; then exit 1; fi
expect_equal "a denied licence and a denied package" "$(sbom_output)" \
  'c 1:2: licence GPL-2.0-or-later: denied by "GPL-*"; layer 0 (DIGEST), base: ADD rootfs /
pad 1.0.0: package is denied by "pkg:npm/pad@1.*"; layer 2 (DIGEST), sbom/Dockerfile:7: COPY pad /app/node_modules/pad # buildkit
sbom/image linux/amd64: 2 packages, 2 denied, 0 files not read
sbom_test: the image has packages that are denied'

mkdir sized
head -c 1000 /dev/zero >sized/big
echo 123 >sized/small
cat >sized/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
COPY big small /data/
RUN rm /data/big && echo 12345 > /data/small
END
cat >sized/BUILD.bazel <<'END'
load("@dockerfiles//sized:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_diff_test", "image_size_test")

dockerfile_image(
    name = "image",
    srcs = ["big", "small"],
    context_paths = {"//prebuilt:box": "bin/sh"},
)

image_size_test(name = "within_test", image = ":image", max = "1GB", max_layers = 3, max_wasted = 1004)

image_size_test(name = "beyond_test", image = ":image", max = "1kB", max_layers = 2, max_wasted = "1003B")

image_size_test(name = "pulled_test", compressed = True, image = ":image", max = "1KiB")

image_diff_test(name = "golden_test", golden = "image.mtree", ignore_keywords = ["time"], ignore_paths = ["b*", "dev", "proc", "sys"], image = ":image")
END
expect_equal "a size within its limits" "$(run_test within_test sized)" \
  'PASS //sized:image: size
PASS //sized:image: wasted bytes
PASS //sized:image: layers
3 passed, 0 failed
exit code 0'
size=$(stat -Lc %s prebuilt/box)
in_megabytes() { awk -v size="$1" 'BEGIN { printf "%.1fMB", size / 1000000 }'; }
# The sizes of compressed layers are left out.
without_sizes() { sed -E 's/^ +[0-9]+  sized/  N sized/; s/^  [0-9]+ bytes (\([^)]*\) )?of compressed/  N of compressed/'; }
expect_equal "a size beyond its limits" "$(run_test beyond_test sized | without_sizes)" \
  "FAIL //sized:image: size
  $((size + 1010)) bytes ($(in_megabytes $((size + 1010)))) of files, expected at most 1000 bytes (1.0kB)
  largest files:
  $(printf '%14d' "$size")  bin/sh, sized/Dockerfile:2: COPY bin/sh /bin/sh
            1000  data/big, sized/Dockerfile:3: COPY big small /data/
               6  data/small, sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
               4  data/small, sized/Dockerfile:3: COPY big small /data/
  hint: remove what the image does not need in the RUN that creates it, or copy what it needs from another stage
FAIL //sized:image: wasted bytes
  1004 bytes (1.0kB) of files that later layers replace or remove, expected at most 1003 bytes (1.0kB)
  largest of them:
            1000  data/big, sized/Dockerfile:3: COPY big small /data/, removed by sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
               4  data/small, sized/Dockerfile:3: COPY big small /data/, replaced by sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  hint: remove a file in the RUN that creates it, or copy the result from another stage
FAIL //sized:image: layers
  3 layers, expected at most 2
  smallest layers, compressed:
  N sized/Dockerfile:3: COPY big small /data/
  N sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  N sized/Dockerfile:2: COPY bin/sh /bin/sh
  hint: join RUNs with && or a here-document, and copy several sources with one COPY
0 passed, 3 failed
image_size: the image fails its tests
exit code 3"
expect_equal "a compressed size" "$(run_test pulled_test sized | without_sizes)" \
  'FAIL //sized:image: compressed size
  N of compressed layers, expected at most 1024 bytes (1.0kB)
  largest layers:
  N sized/Dockerfile:2: COPY bin/sh /bin/sh
  N sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  N sized/Dockerfile:3: COPY big small /data/
  hint: remove what the image does not need in the RUN that creates it, or copy what it needs from another stage
0 passed, 1 failed
image_size: the image fails its tests
exit code 3'

expect_equal "no golden file yet" "$(run_test golden_test sized)" \
  'A . type=dir mode=0755 uid=0 gid=0
A ./data type=dir mode=0755 uid=0 gid=0
A ./data/small type=file mode=0644 uid=0 gid=0 size=6
3 added, 0 changed, 0 removed
mtree_diff: the files of //sized:image differ from the golden file, which does not exist
hint: to accept them, run `bazel run //sized:golden_test.update`
exit code 3'
nested_bazel run //sized:golden_test.update >run.log 2>&1 || {
  cat run.log
  exit 1
}
digest=$(echo 12345 | sha256sum | cut -d' ' -f1)
expect_equal "the golden file" "$(cat sized/image.mtree)" \
  "#mtree
. type=dir mode=0755 uid=0 gid=0
./data type=dir mode=0755 uid=0 gid=0
./data/small type=file mode=0644 uid=0 gid=0 size=6 sha256digest=$digest"
expect_equal "files as the golden file has them" "$(run_test golden_test sized)" "exit code 0"
sed -i 's/rm .data.big/mkdir \/new/; s/ 12345 >/ 123456 >/' sized/Dockerfile
sed -i '$a ./gone type=dir' sized/image.mtree
new_digest=$(echo 123456 | sha256sum | cut -d' ' -f1)
expect_equal "files that the golden file does not have" "$(run_test golden_test sized)" \
  "A ./data/big type=file mode=0644 uid=0 gid=0 size=1000
C ./data/small size 6 -> 7, sha256digest ${digest::12}… -> ${new_digest::12}…
D ./gone
A ./new type=dir mode=0755 uid=0 gid=0
2 added, 1 changed, 1 removed
mtree_diff: the files of //sized:image differ from the golden file
hint: to accept them, run \`bazel run //sized:golden_test.update\`
exit code 3"
