#include "lib/layer/layer_stack.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/compress.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// A layer file with what the spec adds; returns its path.
std::string LayerFile(const char* name, absl::string_view spec,
                      Codec codec = Codec::kNone) {
  const TestTree test = ParseTreeSpec(spec);
  StringSink tar;
  EXPECT_THAT(WriteChangeset(FileTree(), test.tree, test.reader(), {}, &tar),
              IsOk());
  StringSink blob;
  EXPECT_THAT(Compress(tar.contents(), {.codec = codec}, &blob), IsOk());
  const std::string path = testing::TempDir() + "/" + name;
  EXPECT_THAT(WriteFile(path, blob.contents()), IsOk());
  return path;
}

TEST(LayerStack, AppliesLayersBaseFirst) {
  const absl::StatusOr<LayerStack> stack =
      LayerStack::Open({LayerFile("base", "a = old\nb = base"),
                        LayerFile("gzip", "a = new", Codec::kGzip),
                        LayerFile("zstd", "c = last", Codec::kZstd)});
  ASSERT_THAT(stack.status(), IsOk());
  EXPECT_EQ(stack->tree().nodes().size(), 4);
  for (const auto& [path, data] :
       {std::pair("a", "new"), std::pair("b", "base"),
        std::pair("c", "last")}) {
    EXPECT_THAT(DataInLayers(*stack->tree().Find(path), stack->tars()),
                absl_testing::IsOkAndHolds(data));
  }
}

TEST(LayerStack, NamesTheLayerThatIsWrong) {
  const std::string path = testing::TempDir() + "/wrong";
  ASSERT_THAT(WriteFile(path, std::string(600, 'x')), IsOk());
  EXPECT_THAT(LayerStack::Open({path}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer \"" + path +
                           "\": tar member at byte 0: header "
                           "checksum does not match"));
  ASSERT_THAT(WriteFile(path, "\x1f\x8b\x08"), IsOk());
  EXPECT_THAT(LayerStack::Open({path}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer \"" + path + "\": gzip data is truncated"));
}

}  // namespace
}  // namespace rules_dockerfile
