#ifndef TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_
#define TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rules_dockerfile {

// What was loaded.
struct LoadedImages {
  std::vector<std::string> names;  // as they are to be printed
  int64_t sent = 0;                // bytes of archives
  int64_t there = 0;               // bytes of layers that were not sent
  // Why layers were sent although the destination had them.
  std::vector<std::string> notes;
};

// The note for a load of all layers, after one without those that the
// destination has was not accepted because of `reason`.
inline std::string NoteOfSendingAll(const absl::Status& reason) {
  return absl::StrCat("sent all layers: ", reason.message());
}

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_
