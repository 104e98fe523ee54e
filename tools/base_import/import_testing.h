#ifndef TOOLS_BASE_IMPORT_IMPORT_TESTING_H_
#define TOOLS_BASE_IMPORT_IMPORT_TESTING_H_

#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/platform/platform.h"
#include "tools/base_import/blobs.h"
#include "tools/base_import/import.h"
#include "tools/base_import/source.h"

namespace rules_dockerfile {

inline std::string Compressed(absl::string_view data, Codec codec) {
  StringSink sink;
  EXPECT_TRUE(Compress(data, {.codec = codec}, &sink).ok());
  return sink.contents();
}

// Imports with files in an empty directory.
class ImportBaseTest : public testing::Test {
 protected:
  ImportBaseTest()
      : directory_(absl::StrCat(
            testing::TempDir(), "/",
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }

  std::string Path(const std::string& name) {
    return absl::StrCat(directory_, "/", name);
  }

  // Writes the file, and returns its path.
  std::string Put(const std::string& name, absl::string_view contents) {
    const std::filesystem::path path = Path(name);
    std::filesystem::create_directories(path.parent_path());
    EXPECT_TRUE(WriteFile(path, contents).ok());
    return path;
  }

  ImportOptions Options() {
    return {.platform = ParsePlatform("linux/amd64").value(),
            .layers_out = Path("out/layers"),
            .indexes_out = Path("out/indexes"),
            .config_out = Path("out/config.json")};
  }

  // Of an import with those options that wrote `layers` layers.
  BlobsOptions OptionsOfBlobs(const ImportSource& source, int layers) {
    BlobsOptions options = {.source = source,
                            .platform = Options().platform,
                            .config = Options().config_out,
                            .blobs_out = Path("out/blobs"),
                            .descriptors_out = Path("out/descriptors"),
                            .threads = 2};
    for (int i = 0; i < layers; ++i) {
      options.layers.push_back(NumberedFile(Path("out/layers"), i));
    }
    return options;
  }

  // What the import wrote.
  std::map<std::string, std::string> Outputs() {
    std::map<std::string, std::string> files;
    const std::string out = Path("out");
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(out)) {
      if (!entry.is_regular_file()) continue;
      files[entry.path().lexically_relative(out)] =
          ReadFile(entry.path()).value();
    }
    return files;
  }

  std::string directory_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_BASE_IMPORT_IMPORT_TESTING_H_
