// A statically linked program contains only the "files" and "dns" modules of
// glibc's name service. For others that the host's /etc/nsswitch.conf names,
// glibc would load shared libraries of the host's glibc, another version.

#include <nss.h>

__attribute__((constructor)) static void UseBuiltInModules(void) {
  __nss_configure_lookup("hosts", "files dns");
}
