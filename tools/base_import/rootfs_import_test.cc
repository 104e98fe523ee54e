// Root file systems as bases.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_testing.h"
#include "lib/platform/platform.h"
#include "tools/base_import/blobs.h"
#include "tools/base_import/import.h"
#include "tools/base_import/import_testing.h"

namespace rules_dockerfile {
namespace {

using Files = std::map<std::string, std::string>;

TEST_F(ImportBaseTest, CreatesAConfigForARootfs) {
  const std::string rootfs = TestTar({{"etc/hostname", "h"}});
  ImportOptions options = Options();
  options.source.rootfs =
      Put("rootfs.tar.zst", Compressed(rootfs, Codec::kZstd));
  ASSERT_EQ(ImportBase(options).status(), absl::OkStatus());
  EXPECT_EQ(Outputs()["layers/0000"], rootfs);
  EXPECT_EQ(Outputs()["config.json"], absl::StrCat(R"({
  "architecture": "amd64",
  "config": {},
  "created": "1970-01-01T00:00:00Z",
  "history": [
    {
      "created": "1970-01-01T00:00:00Z",
      "created_by": "ADD rootfs /"
    }
  ],
  "os": "linux",
  "rootfs": {
    "type": "layers",
    "diff_ids": [
      ")",
                                                   DigestOf(rootfs), R"("
    ]
  }
}
)"));
}

TEST_F(ImportBaseTest, KeepsTheCompressionOfARootfsThatALayerCanHave) {
  const std::string rootfs = TestTar({{"etc/hostname", "h"}});
  for (const Codec codec : {Codec::kNone, Codec::kGzip, Codec::kZstd}) {
    // Not the bytes that a new compression would have.
    StringSink sink;
    ASSERT_TRUE(Compress(rootfs, {.codec = codec, .level = 1}, &sink).ok());
    ImportOptions options = Options();
    options.source.rootfs = Put("rootfs.tar", sink.contents());
    ASSERT_EQ(ImportBase(options).status(), absl::OkStatus());
    ASSERT_EQ(WriteBaseBlobs(OptionsOfBlobs(options.source, 1)),
              absl::OkStatus());
    Files outputs = Outputs();
    const std::string blob = codec == Codec::kNone
                                 ? Compressed(rootfs, Codec::kGzip)
                                 : sink.contents();
    EXPECT_EQ(outputs["blobs/0000"], blob);
    EXPECT_EQ(
        ParseLayerDescriptor(outputs["descriptors/0000"]).value(),
        (LayerDescriptor{
            .blob = {.media_type =
                         codec == Codec::kZstd
                             ? "application/vnd.oci.image.layer.v1.tar+zstd"
                             : "application/vnd.oci.image.layer.v1.tar+gzip",
                     .digest = DigestOf(blob),
                     .size = static_cast<int64_t>(blob.size())},
            .diff_id = DigestOf(rootfs)}));
  }
}

TEST_F(ImportBaseTest, CompletesTheGivenConfigOfARootfs) {
  ImportOptions options = Options();
  options.source.rootfs = Put("rootfs.tar", TestTar({{"a", "b"}}));
  options.config =
      Put("config.json",
          R"({"os":"linux","architecture":"arm64","config":{"Cmd":["sh"]}})");
  EXPECT_EQ(PlatformText(ImportBase(options).value()), "linux/arm64");
  const ImageConfig config = ParseImageConfig(Outputs()["config.json"]).value();
  EXPECT_EQ(config.ConfigStrings("Cmd"), std::vector<std::string>{"sh"});
  EXPECT_EQ(config.history.size(), 1u);
}

TEST_F(ImportBaseTest, SaysWhyARootfsIsNone) {
  const std::string rootfs = TestTar({{"a", std::string(2000, 'x')}});
  ImportOptions options = Options();
  options.source.rootfs =
      Put("rootfs.tar.gz", Compressed(rootfs, Codec::kGzip).substr(0, 40));
  EXPECT_EQ(ImportBase(options).status(),
            absl::InvalidArgumentError(
                absl::StrCat("\"", options.source.rootfs,
                             "\": layer 1 of 1: gzip data is truncated")));
  options.source.rootfs = Put("cut.tar", rootfs.substr(0, 1024));
  EXPECT_EQ(ImportBase(options).status(),
            absl::InvalidArgumentError(absl::StrCat(
                "\"", options.source.rootfs,
                "\": layer 1 of 1: tar member \"a\" at byte 0: unexpected end "
                "of archive")));
  options.source.rootfs = Put("text.tar", "this is no tar archive");
  EXPECT_EQ(
      ImportBase(options).status(),
      absl::InvalidArgumentError(absl::StrCat(
          "\"", options.source.rootfs, "\": layer 1 of 1: not a tar archive")));
  options.source.rootfs = Put("rootfs.tar", rootfs);
  options.config = Put("config.json", "[]");
  EXPECT_EQ(ImportBase(options).status(),
            absl::InvalidArgumentError(
                absl::StrCat("\"", options.source.rootfs,
                             "\": image config: expected an object")));
  EXPECT_EQ(Outputs(), Files{});
}

}  // namespace
}  // namespace rules_dockerfile
