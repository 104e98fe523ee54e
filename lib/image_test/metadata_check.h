#ifndef LIB_IMAGE_TEST_METADATA_CHECK_H_
#define LIB_IMAGE_TEST_METADATA_CHECK_H_

#include "lib/image_test/structure_config.h"
#include "lib/image_test/text_check.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {

// Checks the image's config against the test. A port without a protocol is one
// of any.
Problems CheckMetadata(const MetadataTest& test, const ImageConfig& image);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_METADATA_CHECK_H_
