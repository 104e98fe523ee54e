#ifndef LIB_BASE_COPY_BYTES_H_
#define LIB_BASE_COPY_BYTES_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

// Appends what the source still has to the sink, in constant memory.
inline absl::Status CopyBytes(ByteSource& source, ByteSink& sink) {
  std::string buffer(size_t{1} << 18, '\0');
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const size_t n, source.Read(absl::MakeSpan(
                                              buffer.data(), buffer.size())));
    if (n == 0) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(sink.Append(absl::string_view(buffer.data(), n)));
  }
}

}  // namespace rules_dockerfile

#endif  // LIB_BASE_COPY_BYTES_H_
