#include "lib/tar/header.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {
namespace {

// GNU's base-256: a sign bit 0x40 and big-endian two's complement, with 0x80
// set in the first byte.
absl::StatusOr<int64_t> ParseBase256(absl::string_view text) {
  const bool negative = (text[0] & 0x40) != 0;
  // The bits above the low 64 must repeat the sign.
  uint64_t value = negative ? ~uint64_t{0} : 0;
  for (size_t i = 0; i < text.size(); ++i) {
    uint8_t byte = static_cast<uint8_t>(text[i]);
    if (i == 0) byte = negative ? byte : byte & 0x7f;
    const uint64_t lost = value >> 55;
    if (lost != (negative ? 0x1ff : 0)) {
      return absl::InvalidArgumentError("number out of range");
    }
    value = (value << 8) | byte;
  }
  return static_cast<int64_t>(value);
}

struct Sums {
  int64_t unsigned_bytes = 0;
  int64_t signed_bytes = 0;
};

// The sums of the block's bytes, eight at a time.
Sums SumsOf(absl::string_view block) {
  constexpr uint64_t kEvenBytes = 0x00ff00ff00ff00ff;
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t sums = 0;  // four, of 16 bits: the block is too short for more
  int negative = 0;
  for (size_t i = 0; i < kTarBlockSize; i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, block.data() + i, sizeof word);
    sums += (word & kEvenBytes) + ((word >> 8) & kEvenBytes);
    // The product's highest byte is the number of bits.
    negative +=
        static_cast<int>(((word & kHighBits) >> 7) * 0x0101010101010101 >> 56);
  }
  Sums total;
  for (; sums != 0; sums >>= 16) total.unsigned_bytes += sums & 0xffff;
  total.signed_bytes = total.unsigned_bytes - 256 * negative;
  return total;
}

// The checksum counts its own field as spaces.
Sums ChecksumOf(absl::string_view block) {
  Sums sums = SumsOf(block);
  for (const char byte : block.substr(kTarChecksum.offset, kTarChecksum.size)) {
    sums.unsigned_bytes += ' ' - static_cast<unsigned char>(byte);
    sums.signed_bytes += ' ' - static_cast<signed char>(byte);
  }
  return sums;
}

}  // namespace

absl::string_view TarText(absl::string_view block, TarField field) {
  const absl::string_view text = block.substr(field.offset, field.size);
  return text.substr(0, text.find('\0'));
}

absl::StatusOr<int64_t> TarNumber(absl::string_view block, TarField field) {
  const absl::string_view raw = block.substr(field.offset, field.size);
  if ((raw[0] & 0x80) != 0) return ParseBase256(raw);
  // Old tars pad with spaces on both sides; an empty field is zero.
  const absl::string_view digits =
      absl::StripAsciiWhitespace(TarText(block, field));
  int64_t value = 0;  // at most 12 digits: 36 bits
  for (const char digit : digits) {
    if (digit < '0' || digit > '7') {
      return absl::InvalidArgumentError(
          absl::StrCat("number \"", absl::CEscape(digits),
                       "\": expected octal or base-256"));
    }
    value = value * 8 + (digit - '0');
  }
  return value;
}

void PutTarNumber(TarField field, int64_t number, absl::Span<char> block) {
  ABSL_CHECK(number >= 0 && number <= MaxOctal(field)) << number;
  for (size_t i = field.size - 1; i-- > 0; number /= 8) {
    block[field.offset + i] = static_cast<char>('0' + number % 8);
  }
  block[field.offset + field.size - 1] = '\0';
}

bool TarChecksumMatches(absl::string_view block) {
  const absl::StatusOr<int64_t> checksum = TarNumber(block, kTarChecksum);
  if (!checksum.ok()) return false;
  const Sums sums = ChecksumOf(block);
  return *checksum == sums.unsigned_bytes || *checksum == sums.signed_bytes;
}

void PutTarChecksum(absl::Span<char> block) {
  const Sums sums = ChecksumOf(absl::string_view(block.data(), block.size()));
  // Six digits, NUL, space: as all tars write it.
  PutTarNumber({kTarChecksum.offset, kTarChecksum.size - 1},
               sums.unsigned_bytes, block);
  block[kTarChecksum.offset + kTarChecksum.size - 1] = ' ';
}

}  // namespace rules_dockerfile
