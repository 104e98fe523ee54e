#include "lib/compare/likely_cause.h"

#include <string>

#include "absl/strings/string_view.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// What is known by its name.
struct KnownFile {
  const char* pattern;  // of the whole path
  const char* cause;
};

constexpr KnownFile kKnownFiles[] = {
    {R"(.*\.pyc)",
     "bytecode holds the time of its source: set PYTHONDONTWRITEBYTECODE=1, or "
     "compile with --invalidation-mode unchecked-hash"},
    {R"((.*/)?var/cache/ldconfig/aux-cache)",
     "the cache holds inode numbers and times: remove it in the same RUN"},
    {R"((.*/)?etc/ssh/ssh_host_.*)",
     "a host key is random: create it when the container starts"},
    {R"((.*/)?(etc|var/lib/dbus)/machine-id)",
     "a machine id is random: empty the file in the same RUN"},
    {R"((.*/)?etc/ssl/(certs|private)/ssl-cert-snakeoil\..*)",
     "the certificate is created each time: remove it in the same RUN"},
    {R"((.*/)?etc/shadow-?)",
     "it holds the day of the last change and random salts"},
    {R"((.*/)?var/log/.*)",
     "a log is about one run: remove it in the same RUN"},
    {R"(.*\.(gz|tgz))", "gzip writes the time into its header: use gzip -n"},
    {R"(.*\.(jar|zip|whl|war))", "a zip archive holds the times of its files"},
    {R"(.*\.(sqlite3?|db))",
     "a database keeps its own counters, times and free pages"},
};

// What is known by the bytes that differ.
struct KnownBytes {
  const char* pattern;  // somewhere in both
  const char* cause;
};

constexpr KnownBytes kKnownBytes[] = {
    {R"(\b(19|20)\d\d-\d\d-\d\d|\b\d\d:\d\d:\d\d\b|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)",
     "a time"},
    {R"(/tmp/\S*[A-Za-z0-9]{6})", "the name of a temporary file"},
    {R"([0-9a-fA-F]{16}|[0-9a-f]{8}-[0-9a-f]{4}-)",
     "a random number or a digest"},
    {R"([A-Za-z0-9+/]{40})", "a key or another random number"},
    {R"(\b\d{1,10}\b)",
     "a number such as a process id, an inode number, a time or a count"},
};

}  // namespace

std::string LikelyCause(absl::string_view path, absl::string_view a,
                        absl::string_view b) {
  for (const KnownFile& known : kKnownFiles) {
    if (RE2::FullMatch(path, known.pattern)) return known.cause;
  }
  RE2::Options bytes;
  bytes.set_encoding(RE2::Options::EncodingLatin1);
  for (const KnownBytes& known : kKnownBytes) {
    const RE2 pattern(known.pattern, bytes);
    if (RE2::PartialMatch(a, pattern) && RE2::PartialMatch(b, pattern)) {
      return known.cause;
    }
  }
  return "";
}

}  // namespace rules_dockerfile
