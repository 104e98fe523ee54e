#ifndef LIB_LAYER_UTF8_H_
#define LIB_LAYER_UTF8_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Whether `bytes` are well-formed UTF-8 (Unicode 15, table 3-7).
bool IsUtf8(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_UTF8_H_
