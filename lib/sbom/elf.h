#ifndef LIB_SBOM_ELF_H_
#define LIB_SBOM_ELF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The parts of an ELF file (elf(5)) that say what was linked. Borrows the file.
// Nothing outside of the file is ever in a view.
class ElfFile {
 public:
  // nullopt unless it is an ELF file of 32 or 64 bits with its headers inside.
  static std::optional<ElfFile> Open(absl::string_view bytes);

  // Whether it has a table of sections, which a program does not need to run.
  bool HasSections() const { return HeaderAt(0).has_value(); }

  // The content of the section; nullopt if there is none.
  std::optional<absl::string_view> Section(absl::string_view name) const;

  // The content of the first segment that is loaded, writable and not
  // executable.
  std::optional<absl::string_view> WritableSegment() const;

  // `size` bytes at a virtual address, from the segments that are loaded.
  std::optional<absl::string_view> AtAddress(uint64_t address,
                                             uint64_t size) const;

  // A number in the file's byte order.
  std::optional<uint64_t> Number(absl::string_view bytes, size_t offset,
                                 size_t width) const;

 private:
  struct Segment {
    uint64_t flags = 0;
    uint64_t address = 0;
    absl::string_view content;
  };
  struct SectionHeader {
    uint64_t name = 0;
    uint64_t type = 0;
    uint64_t offset = 0;
    uint64_t size = 0;
  };

  std::optional<absl::string_view> Part(uint64_t offset, uint64_t size) const;
  std::optional<SectionHeader> HeaderAt(uint64_t index) const;
  bool ReadSegments();

  absl::string_view bytes_;
  bool big_endian_ = false;
  bool is_64_ = false;
  std::vector<Segment> segments_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_ELF_H_
