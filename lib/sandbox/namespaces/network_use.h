#ifndef LIB_SANDBOX_NAMESPACES_NETWORK_USE_H_
#define LIB_SANDBOX_NAMESPACES_NETWORK_USE_H_

namespace rules_dockerfile {

// Whether a process of this thread's network namespace tried to reach something
// missing: an address without a route, or a UDP port (of a resolver) without a
// listener. `proc_fd` is a /proc that shows this process. The kernel counts
// only IPv4, which programs try in any case; false if it says nothing.
bool NetworkWasTried(int proc_fd);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_NETWORK_USE_H_
