#include "tools/image_inspect/describe.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/layer/file_tree.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

// An image of two layers, which must outlive it.
SourceImage ImageOf(const std::string& base, const std::string& top) {
  SourceImage image = {.manifest_digest = DigestOf("manifest"),
                       .config_digest = DigestOf("config"),
                       .tags = {"app:1"}};
  image.config.platform = ParsePlatform("linux/amd64").value();
  image.config.created = "1970-01-01T00:00:00Z";
  image.config.config =
      ParseJson(
          R"({"ExposedPorts":{"80/tcp":{}},"Env":["PATH=/bin","A=1"],)"
          R"("Cmd":["sh","-c","x y"],"WorkingDir":"/","Labels":{"k":"v"},)"
          R"("ArgsEscaped":true})")
          .value();
  image.config.diff_ids = {DigestOf(base), DigestOf(top)};
  image.config.history = {
      {.created_by = "COPY a /"},
      {.created_by = "ENV A=1", .empty_layer = true},
  };
  image.layers = {
      {.blob = base,
       .descriptor = Descriptor{.media_type = "t/x", .digest = DigestOf(base)},
       .diff_id = DigestOf(base)},
      {.blob = top, .diff_id = DigestOf(top)}};
  return image;
}

TEST(DescribeImage, WritesOneFactALine) {
  const std::string base = TestTar({{"a", "x"}});
  const std::string top = TestTar({{"b", "y"}});
  EXPECT_EQ(DescribeImage(ImageOf(base, top)).value(),
            absl::StrCat("manifest ", DigestOf("manifest"), "\n",         //
                         "image ", DigestOf("config"), "\n",              //
                         "platform linux/amd64\n",                        //
                         "created 1970-01-01T00:00:00Z\n",                //
                         "tag app:1\n",                                   //
                         "config.ExposedPorts 80/tcp\n",                  //
                         "config.Env PATH=/bin\n",                        //
                         "config.Env A=1\n",                              //
                         "config.Cmd [\"sh\",\"-c\",\"x y\"]\n",          //
                         "config.WorkingDir /\n",                         //
                         "config.Labels k=v\n",                           //
                         "config.ArgsEscaped true\n",                     //
                         "history COPY a /\n",                            //
                         "  diff_id ", DigestOf(base), " 2048 bytes\n",   //
                         "  blob ", DigestOf(base), " 2048 bytes t/x\n",  //
                         "history ENV A=1\n",                             //
                         "history buildkit.exporter.image.v0\n",          //
                         "  diff_id ", DigestOf(top), " 2048 bytes\n"));
}

TEST(FilesOfImage, AppliesTheLayers) {
  const std::string base = TestTar({{"a", "x"}, {"b", "x"}});
  const std::string top = TestTar({{".wh.a", ""}, {"b", "yy"}});
  EXPECT_EQ(DumpFileTree(FilesOfImage(ImageOf(base, top)).value()),
            absl::StrCat(". directory 0755 0:0 0\n", "b file 0644 0:0 0 2 ",
                         DigestOf("yy"), "\n"));
}

}  // namespace
}  // namespace rules_dockerfile
