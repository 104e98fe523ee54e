#!/usr/bin/env bash
# Runs the RUN of examples/ping, with a locked network, on the host and in a virtual
# machine of QEMU with Debian's kernel, another processor, one core, other memory, and a
# clock some years ahead. Prints the digests of the layers; fails unless all are the
# same.
# Usage, as root: tools/dev/compare/machines.sh
# Requires qemu-system-x86, busybox-static, cpio and e2fsprogs; fetches the kernel with
# apt. Does not change the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
for program in qemu-system-x86_64 busybox cpio mkfs.ext4; do
  command -v "$program" >/dev/null || { echo "$0: no such program: $program" >&2 && exit 1; }
done
source tools/dev/compare/run_setup.sh

record "$(grep '^RUN ' examples/ping/Dockerfile)"
"$work/layer_run" "${run_flags[@]}" "${locked[@]}" >"$work/log" 2>&1 || { tail "$work/log" >&2 && exit 1; }
here=$(sha256sum "$work/out/layer.tar" | cut -d' ' -f1)
echo "host, Linux $(uname -r), $(nproc) cores: $here"
rm "$work/out"/*

# The virtual machine has the same directory on its disk.
machine=$(mktemp -d "$work.machine.XXXXXX")
trap 'rm -rf "$machine"; clean_up' EXIT
printf '%s\n' "${run_flags[@]}" "${locked[@]}" >"$work/flags"
truncate -s 2G "$machine/disk"
mkfs.ext4 -q -d "$work" "$machine/disk"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/ *Depends: //p' | head -1)
(cd "$machine" && apt-get download -qq "$package" 2>/dev/null && dpkg -x ./*.deb kernel)

# The modules that it loads, each after its dependencies.
root=$machine/root
mkdir -p "$root"/{bin,modules,proc,sys,dev,new}
cp "$(command -v busybox)" "$root/bin/"
for name in crc16 crc32c_generic libcrc32c mbcache jbd2 ext4 overlay \
  virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  find "$machine/kernel/lib/modules" -name "$name.ko" -exec cp {} "$root/modules/" \;
done
cat >"$root/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t devtmpfs dev /dev
# In the order of their names a module would be loaded before a dependency.
for round in 1 2 3 4; do for module in /modules/*; do insmod "$module" 2>/dev/null; done; done
# pivot_root(2) cannot leave an initramfs.
mount -t tmpfs new /new
cp -a /bin /run /new/
mkdir /new/proc /new/sys /new/dev /new/tmp /new/etc /new/var /new/var/tmp
printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >/new/etc/passwd
for name in dev proc sys; do mount --move /$name /new/$name; done
exec switch_root /new /run
END
cat >"$root/run" <<END
#!/bin/busybox sh
export PATH=/bin
mkdir -p /dev/shm /dev/mqueue /dev/pts $work
mount -t tmpfs shm /dev/shm
mount -t ext4 /dev/vda $work
flags=\$(cat $work/flags)
run() {
  label=\$1
  shift
  rm -f $work/out/*
  "\$@" >/tmp/log 2>&1 || tail -3 /tmp/log
  echo "result: \$label, Linux \$(uname -r), \$(nproc) core, in \$(date +%Y): \$(sha256sum $work/out/layer.tar | cut -d' ' -f1)"
}
run "real ids" $work/layer_run \$flags --mode=real
run "mapped ids" $work/layer_run \$flags --mode=mapped
run "emulated ids" $work/layer_run \$flags --mode=emulated
run "other conditions" $work/layer_run \$flags --other_conditions
echo "\$flags" | tr '\n' ' ' >/tmp/flags
run "an ordinary user" su user -c "$work/layer_run \$(cat /tmp/flags)"
poweroff -f
END
chmod 755 "$root/init" "$root/run"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$machine/initrd"

timeout 1800 qemu-system-x86_64 -accel tcg -cpu max -smp 1 -m 2500 -rtc base=2031-05-06T07:08:09 \
  -kernel "$machine"/kernel/boot/vmlinuz-* -initrd "$machine/initrd" -append "console=ttyS0 quiet panic=-1" \
  -drive "file=$machine/disk,format=raw,if=virtio" -display none -serial "file:$machine/log" -monitor none \
  -net none -no-reboot
tr -d '\r' <"$machine/log" | sed -n 's/.*result: //p'
[[ $(tr -d '\r' <"$machine/log" | grep -c "result: .*: $here\$") == 5 ]] ||
  { tail -20 "$machine/log" >&2 && exit 1; }
