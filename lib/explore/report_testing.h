#ifndef LIB_EXPLORE_REPORT_TESTING_H_
#define LIB_EXPLORE_REPORT_TESTING_H_

#include <string>
#include <vector>

#include "lib/explore/image_report.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// A layer from words: "etc/" a directory, "f=5" or "f=5:x" a file of 5 bytes
// with the data x, "-f" a whiteout, "!d" an opaque directory, "l->t" a symlink,
// "n=>f" a hard link.
LayerIndex Layer(const std::vector<std::string>& words);

using Layers = std::vector<LayerIndex>;

// The input of an image "app/image" with these layers, and its report.
ReportInput InputOf(const Layers& layers);
ImageReport ReportOf(const Layers& layers);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_REPORT_TESTING_H_
