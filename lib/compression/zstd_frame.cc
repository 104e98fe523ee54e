#include "lib/compression/zstd_frame.h"

#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/out_of_memory.h"
#include "zstd.h"
#include "zstd_errors.h"

namespace rules_dockerfile {

absl::Status WriteZstdFrame(absl::string_view data, int level, ByteSink* sink) {
  const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (context == nullptr) OutOfMemory();
  const auto check = [](size_t result) {
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) {
      OutOfMemory();
    }
    ABSL_CHECK(!ZSTD_isError(result)) << ZSTD_getErrorName(result);
    return result;
  };
  check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level));
  check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1));
  check(ZSTD_CCtx_setPledgedSrcSize(context.get(), data.size()));

  std::string output(ZSTD_CStreamOutSize(), '\0');
  ZSTD_inBuffer in = {data.data(), data.size(), 0};
  size_t remaining = 0;
  do {
    ZSTD_outBuffer out = {output.data(), output.size(), 0};
    remaining =
        check(ZSTD_compressStream2(context.get(), &out, &in, ZSTD_e_end));
    ABSL_RETURN_IF_ERROR(sink->Append({output.data(), out.pos}));
  } while (remaining > 0);
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
