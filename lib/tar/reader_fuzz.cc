#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/header.h"
#include "lib/tar/reader.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

// Any bytes are read to an end or an error, data stays inside the archive, and
// what was read can be written and read again.
void ReadsAnyBytes(absl::string_view archive) {
  TarReader reader(archive);
  while (true) {
    const absl::StatusOr<std::optional<TarMember>> member = reader.Next();
    if (!member.ok() || !member->has_value()) return;
    const TarEntry& entry = (*member)->entry;
    ABSL_CHECK_EQ((*member)->data,
                  archive.substr((*member)->offset, entry.size));
    StringSink sink;
    TarWriter writer(&sink);
    if (!writer.Add(entry, (*member)->data).ok()) continue;
    TarReader again(sink.contents());
    const absl::StatusOr<std::optional<TarMember>> copy = again.Next();
    ABSL_CHECK_OK(copy);
    ABSL_CHECK(copy->has_value());
    ABSL_CHECK_EQ((*copy)->entry.path, entry.path);
    ABSL_CHECK_EQ((*copy)->data, (*member)->data);
  }
}

// `archive` with a right checksum in every block, so that the header fields
// are reached.
std::string WithChecksums(absl::string_view archive) {
  std::string fixed(archive);
  for (size_t at = 0; at + kTarBlockSize <= fixed.size(); at += kTarBlockSize) {
    PutTarChecksum(absl::MakeSpan(fixed).subspan(at, kTarBlockSize));
  }
  return fixed;
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view archive(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::ReadsAnyBytes(archive);
  rules_dockerfile::ReadsAnyBytes(rules_dockerfile::WithChecksums(archive));
  return 0;
}
