#ifndef LIB_CONTAINER_CONTAINER_PLAN_H_
#define LIB_CONTAINER_CONTAINER_PLAN_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/container/run_arguments.h"
#include "lib/layer/file_tree.h"
#include "lib/oci/image_config.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What a container takes from the one who runs it.
struct ContainerCaller {
  std::string working_directory;  // absolute
  std::string hostname;           // of the host
  std::string hosts;              // text of its /etc/hosts
  std::string resolv_conf;
  // The value of a variable; nullopt if it is not set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
};

// Asks this process and the host.
ContainerCaller ThisCaller();

// A string of an image's config, such as "User"; "" if it is not there.
std::string ConfigString(const ImageConfig& image, absl::string_view field);

// What `docker run` does with an image's config and its arguments:
//  - the command line is ENTRYPOINT and CMD, or ENTRYPOINT and the arguments'
//    command; --entrypoint takes the place of both;
//  - the environment is PATH, HOSTNAME, TERM with a terminal, the config's, the
//    files', the options', and HOME of the user if none of them has it;
//  - /etc/hosts, /etc/resolv.conf and /etc/hostname are files of the container;
//    with the host's network they begin as the host's, and so does the
//    hostname, which is otherwise `container`;
//  - a volume whose host path begins with "." is below the working directory;
//  one
//    without a host path has nothing to be: the container's files are its own.
// `tree` is the image's. The result lacks what concerns the root directory.
// InvalidArgument, NotFound for a wrong option or user.
absl::StatusOr<SandboxSpec> PlanContainer(const ImageConfig& image,
                                          const FileTree& tree,
                                          const RunArguments& arguments,
                                          const ContainerCaller& caller);

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_CONTAINER_PLAN_H_
