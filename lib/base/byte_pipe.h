#ifndef LIB_BASE_BYTE_PIPE_H_
#define LIB_BASE_BYTE_PIPE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

// A source of the bytes that a function writes in a separate thread: what comes
// from one server goes to another through a buffer of fixed size.
class PipeSource : public ByteSource {
 public:
  // Writes all bytes to the sink. The sink's error, Cancelled, is to be
  // returned: the reader is gone.
  using Writer = std::function<absl::Status(ByteSink& sink)>;

  // `writer` writes `size` bytes; it is started by the first Read().
  PipeSource(int64_t size, Writer writer);
  PipeSource(const PipeSource&) = delete;
  PipeSource& operator=(const PipeSource&) = delete;
  // Waits for the writer, which gets Cancelled.
  ~PipeSource() override;

  int64_t size() const override { return size_; }
  // The writer's error, if it failed; the last bytes are given when it has
  // returned OK, and not before. DataLoss `expected 7 bytes, got 3` if it wrote
  // another number.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  // Does nothing where the source is; Unimplemented elsewhere.
  absl::Status Seek(int64_t offset) override;

 private:
  class Sink;
  absl::Status Write(absl::string_view bytes) ABSL_LOCKS_EXCLUDED(mutex_);
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  bool CanRead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int64_t size_;
  const Writer writer_;
  std::thread thread_;
  int64_t read_ = 0;
  absl::Mutex mutex_;
  std::string buffer_ ABSL_GUARDED_BY(mutex_);
  int64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;       // the writer has returned
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;  // the reader is gone
  absl::Status status_ ABSL_GUARDED_BY(mutex_);     // of the writer
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_BYTE_PIPE_H_
