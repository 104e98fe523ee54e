#include "lib/registry/netrc.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {
namespace {

std::vector<std::string> HostsOf(const std::string& registry) {
  if (registry == "docker.io") {
    return {"docker.io", "index.docker.io", "registry-1.docker.io"};
  }
  return {registry, registry.substr(0, registry.rfind(':'))};
}

// Takes a word, which may be quoted, off `line`; nullopt at its end.
std::optional<std::string> TakeWord(absl::string_view& line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  if (line.empty()) return std::nullopt;
  std::string word;
  if (!absl::ConsumePrefix(&line, "\"")) {
    const size_t end = line.find_first_of(" \t\r\v\f");
    word = std::string(line.substr(0, end));
    line.remove_prefix(word.size());
    return word;
  }
  while (!line.empty() && !absl::ConsumePrefix(&line, "\"")) {
    if (line[0] == '\\' && line.size() > 1) line.remove_prefix(1);
    word.push_back(line[0]);
    line.remove_prefix(1);
  }
  return word;
}

// The words, without comments and macros.
std::vector<std::string> WordsOf(absl::string_view netrc) {
  std::vector<std::string> words;
  bool in_macro = false;  // to the next empty line
  for (absl::string_view line : absl::StrSplit(netrc, '\n')) {
    const absl::string_view stripped = absl::StripAsciiWhitespace(line);
    if (stripped.empty()) in_macro = false;
    if (in_macro || (!stripped.empty() && stripped[0] == '#')) continue;
    while (std::optional<std::string> word = TakeWord(line)) {
      if (*word == "macdef") {
        in_macro = true;
        break;
      }
      words.push_back(*std::move(word));
    }
  }
  return words;
}

}  // namespace

std::optional<Credentials> FindInNetrc(absl::string_view netrc,
                                       const std::string& registry) {
  const std::vector<std::string> hosts = HostsOf(registry);
  const std::vector<std::string> words = WordsOf(netrc);
  std::optional<Credentials> found;  // in the entry that is read
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "machine" || words[i] == "default") {
      if (found.has_value()) break;
      if (words[i] == "default" || i + 1 == words.size()) continue;
      if (absl::c_linear_search(hosts, words[++i])) found = Credentials();
    } else if (i + 1 < words.size()) {
      const std::string& value = words[i + 1];
      if (words[i] == "login") {
        if (found.has_value()) found->username = value;
        ++i;
      } else if (words[i] == "password") {
        if (found.has_value()) found->password = value;
        ++i;
      } else if (words[i] == "account") {
        ++i;
      }
    }
  }
  if (!found.has_value() || found->username.empty()) return std::nullopt;
  return found;
}

}  // namespace rules_dockerfile
