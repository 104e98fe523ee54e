# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Import of a root file system of 170 MB as a base image.
new_workspace
write_base base "$(size 170 8)"
rootfs=$workspace/base/base.tar

row "import of a root file system of $(size 170 8) MB"
build //base
action DockerfileBase //base
contender ours ours "${action[@]}"
if start_docker; then
  contender "docker import" peer "$docker" import "$rootfs" benchmark-import
  client_of_daemon["docker import"]=yes
fi
contender SHA-256 bound sha256sum "$rootfs"
measure
