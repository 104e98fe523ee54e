#!/usr/bin/env bash
# examples/hello builds unchanged, with MODULE.bazel and with WORKSPACE, and so does
# examples/signing, with MODULE.bazel.
source e2e/support/nested/nested.sh

# Copies the files of the example and changes only the path of the rules.
given() {
  new_workspace
  cp "$RULES_ROOT"/examples/hello/{BUILD.bazel,Dockerfile,WORKSPACE,hello.cc,tests.yaml,world.txt,.bazelrc} .
  sed "s|\"../..\"|\"$RULES_ROOT\"|" "$RULES_ROOT/examples/hello/MODULE.bazel" >MODULE.bazel
  sed -i "s|\"../..\"|\"$RULES_ROOT\"|" WORKSPACE
}

# Prints the digest of the image, built with the given flags.
digest() {
  build "$@" //:image //:image.digest //:image.layout //:image.stage.greeting || {
    cat build.log >&2
    return 1
  }
  cat bazel-bin/image/manifest.digest
}

given
bzlmod=$(digest)
[[ $bzlmod == sha256:* ]]
manifest=bazel-bin/image/layout/blobs/sha256/${bzlmod#sha256:}
expect_equal "the layout has the manifest under its digest" \
  "sha256:$(sha256sum <"$manifest" | cut -d' ' -f1)" "$bzlmod"
grep -q '"org.opencontainers.image.version":"1.0"' <(tr -d ' \n' <bazel-bin/image/config.json)
echo "ok: the build argument is in the config"
expect_equal "WORKSPACE builds the same image" "$(digest --config=workspace)" "$bzlmod"
expect_equal "image.run prints the greeting" "$(nested_bazel run //:image.run 2>/dev/null)" "Hello, $(cat world.txt)!"
expect_equal "image_test passes" \
  "$(nested_bazel test --test_output=all //:image_test 2>/dev/null | sed -n 's/^\(PASS\|FAIL\) //p')" \
  'tests.yaml:4: command "prints the greeting"
tests.yaml:8: command "reports a file that it cannot read"
tests.yaml:14: file existence "the program"
tests.yaml:18: metadata'
expect_equal "image.inspect prints the image" \
  "$(nested_bazel run //:image.inspect 2>/dev/null | grep '^config.Labels.*title')" \
  'config.Labels org.opencontainers.image.title=hello'

new_workspace
cp "$RULES_ROOT"/examples/signing/{BUILD.bazel,Dockerfile,greeting.txt,openssl_signer.sh,cosign_signer.sh} .
sed "s|\"../..\"|\"$RULES_ROOT\"|" "$RULES_ROOT/examples/signing/MODULE.bazel" >MODULE.bazel
touch signing.pub # which its README makes
build //... || {
  cat build.log >&2
  exit 1
}
expect_equal "examples/signing has its commands" \
  "$(cd bazel-bin && ls push push_with_claims signer signer_with_claims verify)" \
  $'push\npush_with_claims\nsigner\nsigner_with_claims\nverify'
