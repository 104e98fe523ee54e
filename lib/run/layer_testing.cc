#include "lib/run/layer_testing.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/layer_index.h"
#include "lib/run/run_layer_testing.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {

TestFile TestLink(const std::string& path, const std::string& target) {
  return {.path = path,
          .type = TarEntryType::kSymlink,
          .mode = 0777,
          .link = target};
}

void KeepFiles(TestRun& run, const std::vector<TestFile>& files) {
  StringSink sink;
  TarWriter writer(&sink);
  for (const TestFile& file : files) {
    ASSERT_THAT(writer.Add({.path = file.path,
                            .type = file.type,
                            .mode = file.mode,
                            .size = static_cast<int64_t>(file.data.size()),
                            .mtime = 1000,
                            .link_target = file.link},
                           file.data),
                absl_testing::IsOk());
  }
  ASSERT_THAT(writer.Finish(), absl_testing::IsOk());
  run.Write("layer.tar", sink.contents());
  run.Write("layer.index",
            LayerIndexToText(IndexLayer(sink.contents()).value()));
  run.Keep();
}

}  // namespace rules_dockerfile
