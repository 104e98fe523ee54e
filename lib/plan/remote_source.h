#ifndef LIB_PLAN_REMOTE_SOURCE_H_
#define LIB_PLAN_REMOTE_SOURCE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What kind of source a word of ADD is (Dockerfile reference, "ADD").
enum class SourceKind {
  kPath,  // in the build context; "github.com/a/b" too
  kUrl,   // http:// or https://
  kGit,   // git://, ssh://, user@host:path, or http(s)://….git[#ref][?query]
};
SourceKind SourceKindOf(absl::string_view source);

// The file name under which ADD stores what it fetches from `url`: the last
// element of its path, "__unnamed__" if there is none.
std::string UrlFileName(absl::string_view url);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_REMOTE_SOURCE_H_
