#ifndef LIB_TAR_HEADER_H_
#define LIB_TAR_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// The blocks of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format").
inline constexpr size_t kTarBlockSize = 512;

// The bytes [offset, offset + size) of a header block.
struct TarField {
  size_t offset;
  size_t size;
};
inline constexpr TarField kTarName = {0, 100};
inline constexpr TarField kTarMode = {100, 8};
inline constexpr TarField kTarUid = {108, 8};
inline constexpr TarField kTarGid = {116, 8};
inline constexpr TarField kTarSize = {124, 12};
inline constexpr TarField kTarMtime = {136, 12};
inline constexpr TarField kTarChecksum = {148, 8};
inline constexpr TarField kTarTypeflag = {156, 1};
inline constexpr TarField kTarLinkName = {157, 100};
inline constexpr TarField kTarMagic = {257, 8};  // magic and version
inline constexpr TarField kTarDeviceMajor = {329, 8};
inline constexpr TarField kTarDeviceMinor = {337, 8};
inline constexpr TarField kTarPrefix = {345, 155};

inline constexpr absl::string_view kUstarMagic("ustar\00000", 8);

// The largest number that octal digits and a NUL hold in the field.
constexpr int64_t MaxOctal(TarField field) {
  return (int64_t{1} << (3 * (field.size - 1))) - 1;
}

// `size` and what it takes to end at a block's end.
constexpr int64_t TarPadded(int64_t size) {
  return (size + int64_t{kTarBlockSize} - 1) / int64_t{kTarBlockSize} *
         int64_t{kTarBlockSize};
}

// The field's text up to the first NUL; borrows from `block`.
absl::string_view TarText(absl::string_view block, TarField field);

// The field's number, in octal digits or GNU's base-256. InvalidArgument
// `number "9z": expected octal or base-256`, or `number out of range`.
absl::StatusOr<int64_t> TarNumber(absl::string_view block, TarField field);

// Writes a number in [0, MaxOctal(field)] in octal.
void PutTarNumber(TarField field, int64_t number, absl::Span<char> block);

// Whether the block's checksum field fits its bytes, summed unsigned (POSIX)
// or signed (old tars).
bool TarChecksumMatches(absl::string_view block);

void PutTarChecksum(absl::Span<char> block);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_HEADER_H_
