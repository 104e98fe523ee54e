#include "lib/sbom/elf.h"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/numbers.h"

namespace rules_dockerfile {
namespace {

// Offset and width of a field of `Type32` or `Type64`.
struct FieldPlace {
  size_t offset;
  size_t width;
};

#define RULES_DOCKERFILE_ELF_FIELD(Type, field)       \
  (is_64_ ? FieldPlace{offsetof(Elf64_##Type, field), \
                       sizeof(Elf64_##Type::field)}   \
          : FieldPlace{offsetof(Elf32_##Type, field), \
                       sizeof(Elf32_##Type::field)})

constexpr uint64_t kMaxHeaders = 65535;

}  // namespace

std::optional<uint64_t> ElfFile::Number(absl::string_view bytes, size_t offset,
                                        size_t width) const {
  return NumberAt(bytes, offset, width, big_endian_);
}

std::optional<absl::string_view> ElfFile::Part(uint64_t offset,
                                               uint64_t size) const {
  if (offset > bytes_.size() || bytes_.size() - offset < size) {
    return std::nullopt;
  }
  return bytes_.substr(offset, size);
}

std::optional<ElfFile> ElfFile::Open(absl::string_view bytes) {
  if (bytes.size() < sizeof(Elf32_Ehdr) || !absl::StartsWith(bytes, ELFMAG)) {
    return std::nullopt;
  }
  ElfFile file;
  file.bytes_ = bytes;
  file.is_64_ = bytes[EI_CLASS] == ELFCLASS64;
  file.big_endian_ = bytes[EI_DATA] == ELFDATA2MSB;
  if (!file.ReadSegments()) return std::nullopt;
  return file;
}

bool ElfFile::ReadSegments() {
  const auto field = [&](absl::string_view bytes, FieldPlace place) {
    return Number(bytes, place.offset, place.width);
  };
  const auto offset = field(bytes_, RULES_DOCKERFILE_ELF_FIELD(Ehdr, e_phoff));
  const auto count = field(bytes_, RULES_DOCKERFILE_ELF_FIELD(Ehdr, e_phnum));
  if (!offset.has_value() || !count.has_value()) return false;
  const size_t size = is_64_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
  for (uint64_t i = 0; i < *count; ++i) {
    const auto header =
        *offset > bytes_.size() ? std::nullopt : Part(*offset + i * size, size);
    if (!header.has_value()) return false;
    if (field(*header, RULES_DOCKERFILE_ELF_FIELD(Phdr, p_type)) !=
        uint64_t{PT_LOAD}) {
      continue;
    }
    const auto content =
        Part(*field(*header, RULES_DOCKERFILE_ELF_FIELD(Phdr, p_offset)),
             *field(*header, RULES_DOCKERFILE_ELF_FIELD(Phdr, p_filesz)));
    if (!content.has_value()) continue;
    segments_.push_back(
        {.flags = *field(*header, RULES_DOCKERFILE_ELF_FIELD(Phdr, p_flags)),
         .address = *field(*header, RULES_DOCKERFILE_ELF_FIELD(Phdr, p_vaddr)),
         .content = *content});
  }
  return true;
}

std::optional<ElfFile::SectionHeader> ElfFile::HeaderAt(uint64_t index) const {
  const auto field = [&](absl::string_view bytes, FieldPlace place) {
    return Number(bytes, place.offset, place.width).value_or(0);
  };
  const uint64_t table =
      field(bytes_, RULES_DOCKERFILE_ELF_FIELD(Ehdr, e_shoff));
  const size_t size = is_64_ ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
  if (table == 0 || table > bytes_.size() || index > kMaxHeaders) {
    return std::nullopt;
  }
  const auto header = Part(table + index * size, size);
  if (!header.has_value()) return std::nullopt;
  return SectionHeader{
      .name = field(*header, RULES_DOCKERFILE_ELF_FIELD(Shdr, sh_name)),
      .type = field(*header, RULES_DOCKERFILE_ELF_FIELD(Shdr, sh_type)),
      .offset = field(*header, RULES_DOCKERFILE_ELF_FIELD(Shdr, sh_offset)),
      .size = field(*header, RULES_DOCKERFILE_ELF_FIELD(Shdr, sh_size))};
}

std::optional<absl::string_view> ElfFile::Section(
    absl::string_view name) const {
  const FieldPlace count = RULES_DOCKERFILE_ELF_FIELD(Ehdr, e_shnum);
  const FieldPlace names = RULES_DOCKERFILE_ELF_FIELD(Ehdr, e_shstrndx);
  const auto names_header =
      HeaderAt(Number(bytes_, names.offset, names.width).value_or(0));
  if (!names_header.has_value()) return std::nullopt;
  const auto texts = Part(names_header->offset, names_header->size);
  if (!texts.has_value()) return std::nullopt;
  const uint64_t sections =
      Number(bytes_, count.offset, count.width).value_or(0);
  for (uint64_t i = 0; i < sections; ++i) {
    const auto header = HeaderAt(i);
    if (!header.has_value()) return std::nullopt;
    if (header->name >= texts->size() || header->type == SHT_NOBITS) continue;
    const absl::string_view text = texts->substr(header->name);
    if (absl::StartsWith(text, name) && text.size() > name.size() &&
        text[name.size()] == '\0') {
      return Part(header->offset, header->size);
    }
  }
  return std::nullopt;
}

std::optional<absl::string_view> ElfFile::WritableSegment() const {
  for (const Segment& segment : segments_) {
    if ((segment.flags & (PF_X | PF_W)) == PF_W) return segment.content;
  }
  return std::nullopt;
}

std::optional<absl::string_view> ElfFile::AtAddress(uint64_t address,
                                                    uint64_t size) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address) continue;
    const uint64_t offset = address - segment.address;
    if (offset > segment.content.size() ||
        segment.content.size() - offset < size) {
      continue;
    }
    return segment.content.substr(offset, size);
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
