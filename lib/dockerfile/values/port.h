#ifndef LIB_DOCKERFILE_VALUES_PORT_H_
#define LIB_DOCKERFILE_VALUES_PORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the ports that an expanded word of EXPOSE names,
// `[ip:][host:]port[-end][/protocol]`, in the form of the image config:
// "80/tcp". The protocol is tcp, udp or sctp in any case, tcp by default; IP
// address and host ports are checked and dropped. InvalidArgument with the
// frontend's message, such as `invalid port: "80/foo": invalid proto: foo`.
absl::StatusOr<std::vector<std::string>> ParsePorts(absl::string_view word);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_PORT_H_
