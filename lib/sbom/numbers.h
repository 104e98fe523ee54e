#ifndef LIB_SBOM_NUMBERS_H_
#define LIB_SBOM_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The unsigned number in `width` (at most 8) bytes at `offset`; nullopt if they
// are not all there.
inline std::optional<uint64_t> NumberAt(absl::string_view bytes, size_t offset,
                                        size_t width, bool big_endian) {
  if (offset > bytes.size() || bytes.size() - offset < width) {
    return std::nullopt;
  }
  uint64_t number = 0;
  for (size_t i = 0; i < width; ++i) {
    const size_t at = big_endian ? i : width - 1 - i;
    number = number << 8 | static_cast<unsigned char>(bytes[offset + at]);
  }
  return number;
}

inline std::optional<uint32_t> BigEndian32(absl::string_view bytes,
                                           size_t offset) {
  return NumberAt(bytes, offset, 4, /*big_endian=*/true);
}

inline std::optional<uint64_t> LittleEndian(absl::string_view bytes,
                                            size_t offset, size_t width) {
  return NumberAt(bytes, offset, width, /*big_endian=*/false);
}

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_NUMBERS_H_
