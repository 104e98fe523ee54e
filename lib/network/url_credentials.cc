#include "lib/network/url_credentials.h"

#include <algorithm>
#include <string>

#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

bool HasUser(const std::string& url) {
  static const LazyRE2 kUser = {R"((?is)[a-z][a-z0-9+.-]*://[^/?#]*@.*)"};
  return RE2::FullMatch(url, *kUser);
}

bool HasToken(const std::string& url) {
  static const LazyRE2 kToken = {
      R"((?is).*[?&](access_token|api_?key|auth|password|private_token|secret|signature|sig|token|x-amz-signature)=.*)"};
  return RE2::FullMatch(url, *kToken);
}

}  // namespace

bool HasCredentials(const std::string& url) {
  return HasUser(url) || HasToken(url);
}

std::string WithoutCredentials(std::string url) {
  static const LazyRE2 kUser = {R"(^([^/?#]*://)[^/?#]*@)"};
  if (!HasCredentials(url)) return url;
  url.resize(std::min(url.size(), url.find('?')));
  RE2::Replace(&url, *kUser, R"(\1)");
  return url;
}

}  // namespace rules_dockerfile
