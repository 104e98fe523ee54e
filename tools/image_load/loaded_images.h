#ifndef TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_
#define TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rules_dockerfile {

// What was loaded.
struct LoadedImages {
  std::vector<std::string> names;  // as they are to be printed
  int64_t sent = 0;                // bytes of archives
  int64_t there = 0;               // bytes of layers that were not sent
};

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOAD_LOADED_IMAGES_H_
