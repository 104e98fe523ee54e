#ifndef LIB_EXPLORE_IMAGE_DIFFERENCE_H_
#define LIB_EXPLORE_IMAGE_DIFFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/explore/image_report.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {

// A path that differs between two images.
struct FileDifference {
  EntryMark mark = EntryMark::kAdded;  // removed: only the other image has it
  std::string path;
  std::string detail;  // of a changed path: "mode 0644 -> 0755, data"
  int64_t size_before = 0;
  int64_t size = 0;

  friend bool operator==(const FileDifference&,
                         const FileDifference&) = default;
};

// How an image differs from an earlier one.
struct ImageDifference {
  std::string other_name;
  int64_t other_size = 0;             // ReportTotals::shown_size
  std::vector<FileDifference> files;  // by path
  // Lines of the configs: "- Env A=1" of the other one, "+ Env A=2" of this.
  std::vector<std::string> config;
  // "+ deb curl 7.1", "- deb curl 7.0".
  std::vector<std::string> packages;

  friend bool operator==(const ImageDifference&,
                         const ImageDifference&) = default;
};

// Times of files are not compared.
ImageDifference DifferenceOf(const ImageReport& before,
                             const ImageReport& after);

// The config, one value per line: "platform linux/amd64", "Env A=1",
// "Labels k=v", "Cmd [\"sh\"]".
std::vector<std::string> ConfigLines(const ImageConfig& config);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_IMAGE_DIFFERENCE_H_
