#!/usr/bin/env bash
# reproducible_test passes for an image that is the same twice, and reports where and
# why another image differs.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir -p app
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "reproducible_test")

dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
)

reproducible_test(
    name = "image_test",
    image = ":image",
)
END

test_image() {
  nested_bazel test --test_output=errors "$@" //app:image_test >test.log 2>&1
}

cat >app/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
RUN echo always > /same
CMD ["/bin/sh"]
END
test_image || {
  cat test.log >&2
  exit 1
}
echo "ok: an image that is the same twice"

cat >app/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
RUN echo always > /same
RUN echo id: > /id && cat /proc/sys/kernel/random/uuid >> /id
END
if test_image; then
  echo "FAILED: an image with a random file: the test passed" >&2
  exit 1
fi
grep -q '^image_compare: the images differ$' test.log
sed -n '/^RUN/,/^=====/p' test.log | grep -v ^=== | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/UUID/g; s/byte [0-9]+/byte N/' >differences
expect_equal "an image with a random file" "$(cat differences)" \
  'RUN /bin/sh -c echo id: > /id && cat /proc/sys/kernel/random/uuid >> /id # buildkit
C id data
  byte N of 41: "id:\nUUID\n" and "id:\nUUID\n"
  likely cause: a random number or a digest'

cat >app/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
RUN cat /proc/sys/kernel/random/uuid > /id && cat /proc/sys/kernel/random/uuid > /other
END
test_image --@rules_dockerfile//rules/settings:scrub=id --@rules_dockerfile//rules/settings:scrub=other || {
  cat test.log >&2
  exit 1
}
echo "ok: random files that two settings scrub"

echo "all tests passed"
