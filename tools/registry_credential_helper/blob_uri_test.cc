#include "tools/registry_credential_helper/blob_uri.h"

#include <optional>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ParseBlobUri, ReadsRegistryAndRepository) {
  EXPECT_EQ(
      ParseBlobUri(
          "https://registry-1.docker.io/v2/library/debian/blobs/sha256:0"),
      (BlobUri{.registry = "docker.io", .repository = "library/debian"}));
  EXPECT_EQ(ParseBlobUri("https://h.x:8443/v2/a/manifests/1"),
            (BlobUri{.registry = "h.x:8443", .repository = "a"}));
  EXPECT_EQ(ParseBlobUri("http://localhost:5000/v2/blobs/blobs/blobs/sha256:0"),
            (BlobUri{.registry = "localhost:5000",
                     .repository = "blobs/blobs",
                     .plain_http = true}));
}

TEST(ParseBlobUri, IsNoneOfOtherUris) {
  for (const char* uri :
       {"", "https://h.x/", "https://h.x/v2/", "https://h.x/v2/blobs/sha256:0",
        "https://h.x/v2/a/tags/list", "https://h.x/v2/a/blobs/uploads/1",
        "https://h.x/v2/a/blobs/sha256:0?a=b", "https://u@h.x/v2/a/blobs/1",
        "https://h.x/v2/a:pull/blobs/1", "https://h.x/v2/../blobs/1",
        "https://h.x/v2/A/blobs/1", "http://h.x/v2/a/blobs/1",
        "http://localhost.evil.x/v2/a/blobs/1", "ftp://h.x/v2/a/blobs/1"}) {
    EXPECT_EQ(ParseBlobUri(uri), std::nullopt) << uri;
  }
}

}  // namespace
}  // namespace rules_dockerfile
