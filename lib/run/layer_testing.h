#ifndef LIB_RUN_LAYER_TESTING_H_
#define LIB_RUN_LAYER_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/run/run_layer_testing.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// A file of a layer.
struct TestFile {
  std::string path;
  TarEntryType type = TarEntryType::kDirectory;
  std::string data = "";
  uint32_t mode = 0755;
  std::string link = "";  // of a symlink
};

// A symlink.
TestFile TestLink(const std::string& path, const std::string& target);

// Adds a layer with these files, of second 1000 and owned by root, below the
// next RUN.
void KeepFiles(TestRun& run, const std::vector<TestFile>& files);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LAYER_TESTING_H_
