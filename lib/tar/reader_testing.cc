#include "lib/tar/reader_testing.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {

absl::StatusOr<std::string> DumpTar(absl::string_view archive) {
  TarReader reader(archive);
  std::string dump;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) return dump;
    const TarEntry& entry = member->entry;
    absl::StrAppendFormat(&dump, "%s %s %o %d:%d %d", entry.path,
                          TarEntryTypeName(entry.type), entry.mode, entry.uid,
                          entry.gid, entry.mtime);
    if (entry.mtime_nanos != 0) {
      absl::StrAppendFormat(&dump, ".%09d", entry.mtime_nanos);
    }
    if (!entry.link_target.empty()) {
      absl::StrAppend(&dump, " -> ", entry.link_target);
    }
    if (entry.type == TarEntryType::kCharDevice ||
        entry.type == TarEntryType::kBlockDevice) {
      absl::StrAppend(&dump, " ", entry.device_major, ":", entry.device_minor);
    }
    for (const auto& [name, value] : entry.xattrs) {
      absl::StrAppend(&dump, " ", name, "=", absl::CEscape(value));
    }
    if (entry.type == TarEntryType::kFile) {
      absl::StrAppend(&dump, " [", member->data, "]");
      EXPECT_EQ(archive.substr(member->offset, entry.size), member->data);
    }
    dump.push_back('\n');
  }
}

std::string Raw(const RawMember& member) {
  std::string block(kTarBlockSize, '\0');
  const auto put = [&](TarField field, const std::string& text) {
    block.replace(field.offset, text.size(), text);
  };
  put(kTarName, member.name);
  put(kTarMode, "0000644");
  put(kTarUid, member.uid);
  put(kTarSize, member.size);
  put(kTarMtime, member.mtime);
  put(kTarTypeflag, std::string(1, member.typeflag));
  put(kTarLinkName, member.link);
  put(kTarMagic, std::string(kUstarMagic));
  PutTarChecksum(absl::MakeSpan(block));
  std::string padded = member.data;
  padded.resize(TarPadded(static_cast<int64_t>(padded.size())));
  return block + padded;
}

std::string Pax(const std::string& records, char typeflag) {
  return Raw({.name = "pax",
              .typeflag = typeflag,
              .size = absl::StrFormat("%o", records.size()),
              .data = records});
}

std::string Base256(size_t size, int64_t number) {
  std::string text(size, number < 0 ? '\xff' : '\0');
  for (size_t i = size; i-- > size - 8; number >>= 8) {
    text[i] = static_cast<char>(number & 0xff);
  }
  text[0] = static_cast<char>(text[0] | 0x80);
  return text;
}

}  // namespace rules_dockerfile
