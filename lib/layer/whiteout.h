#ifndef LIB_LAYER_WHITEOUT_H_
#define LIB_LAYER_WHITEOUT_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// OCI image-spec layer.md, "Whiteouts".
inline constexpr absl::string_view kWhiteoutPrefix = ".wh.";
inline constexpr absl::string_view kOpaqueWhiteout = ".wh..wh..opq";

// The parts of a clean path before and after its last slash.
inline absl::string_view ParentPath(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}
inline absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_WHITEOUT_H_
