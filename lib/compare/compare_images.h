#ifndef LIB_COMPARE_COMPARE_IMAGES_H_
#define LIB_COMPARE_COMPARE_IMAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/oci/image_source.h"

namespace rules_dockerfile {

// What differs between two images, for people; "" if their manifests are equal.
// For each layer that differs, the instruction that made it and what it left
// otherwise than in the other image, as DescribeTreeDiff() has it; of a file's
// data the first byte that differs, what stands there, and the likely cause:
//
//   RUN /bin/sh -c date > /built
//   C built data
//     byte 11 of 29: "…10:11:12…" and "…10:11:13…"
//     likely cause: a time
//
// Then the lines of the configs that differ. A difference that an earlier layer
// has is not told again.
absl::StatusOr<std::string> CompareImages(const SourceImage& a,
                                          const SourceImage& b);

}  // namespace rules_dockerfile

#endif  // LIB_COMPARE_COMPARE_IMAGES_H_
