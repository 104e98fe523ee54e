#ifndef LIB_SBOM_INFLATE_H_
#define LIB_SBOM_INFLATE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// RFC 1951 alone, as in a zip archive, or with the header of RFC 1950.
enum class DeflateFormat { kRaw, kZlib };

// What `compressed` unfolds to; what follows its end is ignored.
// ResourceExhausted `more than 10 bytes of decompressed data`, InvalidArgument
// `deflate data is damaged`.
absl::StatusOr<std::string> Inflate(absl::string_view compressed,
                                    DeflateFormat format, size_t max_size);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_INFLATE_H_
