#!/usr/bin/env bash
# Tests of an image: `image_test`, with the fields of container-structure-test;
# `sbom_test`, with the SBOM that it reads; `image_size_test` and `image_diff_test`.
source e2e/support/nested/nested.sh
source e2e/containers/sbom_cases.sh
source e2e/containers/size_and_files_cases.sh

new_workspace //app:Dockerfile //sbom:Dockerfile //sized:Dockerfile
mkdir app base
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

# Prints the output of a test, and how it ends.
run_test() { # NAME [PACKAGE]
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

write_sbom_package
test_sbom_documents
test_denied_packages

write_sized_package
test_sizes
test_golden_files
