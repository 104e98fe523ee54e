#include "lib/http/url.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(Url, HasAnOrigin) {
  EXPECT_EQ(UrlOrigin("https://H.x:1/a?b"), "https://h.x:1");
  EXPECT_EQ(UrlOrigin("http://h?x"), "http://h");
  EXPECT_EQ(UrlOrigin("https://Registry.Example.COM:5000/v2/a/blobs/uploads/"),
            "https://registry.example.com:5000");
  EXPECT_EQ(UrlOrigin("ftp://h/"), "");
  EXPECT_EQ(UrlOrigin("https://user@h/"), "");
  EXPECT_EQ(UrlOrigin("/a"), "");
}

TEST(Url, IsResolvedAgainstAnOrigin) {
  EXPECT_EQ(ResolveUrl("https://h", "/a?b=c"), "https://h/a?b=c");
  EXPECT_EQ(ResolveUrl("https://h", "a"), "https://h/a");
  EXPECT_EQ(ResolveUrl("https://registry.example.com:5000",
                       "/v2/a/blobs/uploads/0123456789?_state=0123456789"),
            "https://registry.example.com:5000/v2/a/blobs/uploads/"
            "0123456789?_state=0123456789");
  EXPECT_EQ(ResolveUrl("https://h", "http://i/a"), "http://i/a");
  EXPECT_EQ(ResolveUrl("https://h", "/a?u=http://i"), "https://h/a?u=http://i");
}

TEST(Url, TakesOneMoreParameter) {
  EXPECT_EQ(WithQuery("/a", "b", "c:d"), "/a?b=c%3Ad");
  EXPECT_EQ(WithQuery("/a?x=1", "b", "c"), "/a?x=1&b=c");
}

TEST(Url, KnowsLoopbackHosts) {
  for (const char* host : {"localhost", "localhost:5000", "127.0.0.1:80",
                           "[::1]:5000", "a.localhost"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host :
       {"localhost.x", "128.0.0.1", "h", "[::2]", "127.evil.example",
        "127.0.0.1.evil.example:80", "[::1].evil.example"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace rules_dockerfile
