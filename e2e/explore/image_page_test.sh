#!/usr/bin/env bash
# The pages of real images in a real Chromium (image_pages.py): one whose RUN installs
# some 270 Debian packages, and that of examples/ping. The packages of each page, and
# of the SBOMs beside it, are those that dpkg-query lists in a container of the image.
source e2e/support/nested/nested.sh

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ ! $chromium ]]; then
  echo "skipped: there is no Chromium"
  exit 0
fi

new_workspace //install:Dockerfile //ping:Dockerfile
mkdir install ping
add_debian_base
cp "$RULES_ROOT/examples/ping/Dockerfile" ping/
cat >install/Dockerfile <<'END'
# A build image, as continuous integration uses them.
FROM debian:latest AS tools
ENV DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
RUN apt-get update && apt-get install -y --no-install-recommends \
    build-essential \
    ca-certificates \
    cmake \
    curl \
    default-jre-headless \
    gdb \
    git \
    graphviz \
    imagemagick \
    nodejs \
    php-cli \
    postgresql \
    python3-flask \
    python3-numpy \
    python3-pip \
    ruby \
    subversion \
    && rm -rf /var/lib/apt/lists/*

FROM tools
LABEL org.opencontainers.image.title="build tools"
RUN apt-get purge -y --auto-remove python3-pip
WORKDIR /src
CMD ["bash"]
END
for image in install ping; do
  cat >$image/BUILD.bazel <<END
load("@dockerfiles//$image:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(name = "image", bases = {"debian:latest": "@debian//:debian"}, network = "host")
END
done

build --output_groups=+explore,+provenance,+sbom_cyclonedx,+sbom_spdx \
  //install:image //install:image.run //ping:image //ping:image.run || {
  cat build.log >&2
  exit 1
}
for image in install ping; do
  "bazel-bin/$image/image.run" dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' |
    sed -n 's/^installed //p' | LC_ALL=C sort >$image.packages
done
exec python3 "$RUNFILES/e2e/explore/image_pages.py" "$chromium" \
  "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}" \
  install=bazel-bin/install/image,install.packages ping=bazel-bin/ping/image,ping.packages
