#include "lib/sbom/rpm_header.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/listed_files.h"
#include "lib/sbom/numbers.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// rpm, "Package tags".
enum Tag : uint32_t {
  kName = 1000,
  kVersion = 1001,
  kRelease = 1002,
  kEpoch = 1003,
  kVendor = 1011,
  kLicense = 1014,
  kArch = 1022,
  kSourceRpm = 1044,
  kDirIndexes = 1116,
  kBaseNames = 1117,
  kDirNames = 1118,
};

// Types of data (rpm, "Header", "Types").
enum Type : uint32_t { kInt32 = 4, kString = 6, kStringArray = 8, kI18n = 9 };

constexpr size_t kEntrySize = 16;
constexpr uint32_t kMaxEntries = 65535;  // as rpm itself

class RpmHeader {
 public:
  static absl::StatusOr<RpmHeader> Open(absl::string_view bytes) {
    const std::optional<uint32_t> entries = BigEndian32(bytes, 0);
    const std::optional<uint32_t> size = BigEndian32(bytes, 4);
    if (!entries.has_value() || !size.has_value()) {
      return absl::InvalidArgumentError("rpm header: it is truncated");
    }
    if (*entries > kMaxEntries) {
      return absl::InvalidArgumentError(
          absl::StrCat("rpm header: expected at most ", kMaxEntries,
                       " entries, got ", *entries));
    }
    const size_t begin = 8 + size_t{*entries} * kEntrySize;
    if (bytes.size() < begin || bytes.size() - begin < *size) {
      return absl::InvalidArgumentError("rpm header: it is truncated");
    }
    return RpmHeader(bytes.substr(8, begin - 8), bytes.substr(begin, *size));
  }

  std::string Text(uint32_t tag) const {
    const std::vector<absl::string_view> texts = Texts(tag, 1);
    return texts.empty() ? "" : std::string(texts[0]);
  }

  // The first texts, `most` of them. They end in a NUL; none beyond the data.
  std::vector<absl::string_view> Texts(uint32_t tag, size_t most) const {
    std::vector<absl::string_view> texts;
    const std::optional<Entry> entry = Find(tag);
    if (!entry.has_value() ||
        (entry->type != kString && entry->type != kStringArray &&
         entry->type != kI18n)) {
      return texts;
    }
    absl::string_view rest = entry->data;
    while (texts.size() < std::min(size_t{entry->count}, most)) {
      const size_t end = rest.find('\0');
      if (end == rest.npos) break;
      texts.push_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return texts;
  }

  std::vector<uint32_t> Numbers(uint32_t tag, size_t most) const {
    std::vector<uint32_t> numbers;
    const std::optional<Entry> entry = Find(tag);
    if (!entry.has_value() || entry->type != kInt32) return numbers;
    while (numbers.size() < std::min(size_t{entry->count}, most)) {
      const auto number = BigEndian32(entry->data, 4 * numbers.size());
      if (!number.has_value()) break;
      numbers.push_back(*number);
    }
    return numbers;
  }

 private:
  struct Entry {
    uint32_t type = 0;
    uint32_t count = 0;
    absl::string_view data;  // from its offset on
  };

  RpmHeader(absl::string_view index, absl::string_view data)
      : index_(index), data_(data) {}

  std::optional<Entry> Find(uint32_t tag) const {
    for (size_t at = 0; at < index_.size(); at += kEntrySize) {
      if (BigEndian32(index_, at) != tag) continue;
      const uint32_t offset = *BigEndian32(index_, at + 8);
      if (offset > data_.size()) return std::nullopt;
      return Entry{.type = *BigEndian32(index_, at + 4),
                   .count = *BigEndian32(index_, at + 12),
                   .data = data_.substr(offset)};
    }
    return std::nullopt;
  }

  absl::string_view index_;
  absl::string_view data_;
};

absl::Status AddFiles(const RpmHeader& header, ListedFiles& files) {
  // More files than `files` takes, and no more directories than files.
  constexpr size_t kMost = ListedFiles::kMaxBytes / sizeof(std::string);
  const auto names = header.Texts(kBaseNames, kMost);
  const auto directories = header.Texts(kDirNames, kMost);
  const auto indexes = header.Numbers(kDirIndexes, kMost);
  for (size_t i = 0; i < names.size() && i < indexes.size(); ++i) {
    if (indexes[i] >= directories.size()) continue;
    ABSL_RETURN_IF_ERROR(files.Add(directories[indexes[i]], names[i]));
  }
  return absl::OkStatus();
}

// "bash" of "bash-5.2.26-1.fc40.src.rpm"; "" if it is no such name.
std::string SourceName(absl::string_view source_rpm) {
  static const RE2& pattern = *new RE2("(.+)-[^-]+-[^-]+\\.(?:no)?src\\.rpm");
  std::string name;
  return RE2::FullMatch(source_rpm, pattern, &name) ? name : "";
}

}  // namespace

absl::StatusOr<Package> ReadRpmHeader(absl::string_view bytes,
                                      ListedFiles& files) {
  ABSL_ASSIGN_OR_RETURN(const RpmHeader header, RpmHeader::Open(bytes));
  Package package = {.ecosystem = "rpm",
                     .name = header.Text(kName),
                     .version = header.Text(kVersion),
                     .architecture = header.Text(kArch),
                     .source = SourceName(header.Text(kSourceRpm)),
                     .supplier = header.Text(kVendor)};
  if (package.source == package.name) package.source.clear();
  if (const std::string release = header.Text(kRelease); !release.empty()) {
    absl::StrAppend(&package.version, "-", release);
  }
  if (const auto epoch = header.Numbers(kEpoch, 1); !epoch.empty()) {
    package.version = absl::StrCat(epoch[0], ":", package.version);
  }
  if (std::string license = header.Text(kLicense); !license.empty()) {
    package.licenses.push_back(std::move(license));
  }
  ABSL_RETURN_IF_ERROR(AddFiles(header, files));
  package.files = files.Take();
  return package;
}

}  // namespace rules_dockerfile
