#ifndef LIB_CONTAINER_KEPT_LAYERS_H_
#define LIB_CONTAINER_KEPT_LAYERS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// A directory with what the containers of an image changed, run after run:
// `image`, which lists the image's layers, and layers above those, `0000.tar`
// with its index `0000.index`, `0001.tar`, …
class KeptLayers {
 public:
  // The directory at `path`, made if it is missing; "": a new one in
  // `temporary`. FailedPrecondition if it is of an image with other layers.
  static absl::StatusOr<KeptLayers> Open(
      const std::string& path, const std::string& temporary,
      const std::vector<std::string>& diff_ids);

  const std::string& path() const { return path_; }

  // The existing layers, base first: tars, and the index of each.
  std::vector<std::string> Tars() const;
  std::vector<std::string> Indexes() const;

  // Has the next layer made of what the command of `spec` changes in `lower`.
  absl::StatusOr<SandboxResult> RunAndAdd(
      SandboxSpec spec, const LowerLayers& lower,
      const std::function<absl::StatusOr<SandboxResult>(const SandboxSpec&)>&
          run);

 private:
  KeptLayers(std::string path, int count)
      : path_(std::move(path)), count_(count) {}
  std::string File(int number, absl::string_view extension) const;
  std::vector<std::string> Files(absl::string_view extension) const;

  std::string path_;
  int count_;
};

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_KEPT_LAYERS_H_
