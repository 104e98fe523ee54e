#include "lib/base/byte_pipe.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kBufferSize = 1 << 20;

}  // namespace

class PipeSource::Sink : public ByteSink {
 public:
  explicit Sink(PipeSource* pipe) : pipe_(pipe) {}
  absl::Status Append(absl::string_view bytes) override {
    return pipe_->Write(bytes);
  }

 private:
  PipeSource* pipe_;
};

PipeSource::PipeSource(int64_t size, Writer writer)
    : size_(size), writer_(std::move(writer)) {}

PipeSource::~PipeSource() {
  {
    const absl::MutexLock lock(mutex_);
    abandoned_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void PipeSource::Run() {
  Sink sink(this);
  absl::Status status = writer_(sink);
  const absl::MutexLock lock(mutex_);
  if (status.ok() && written_ != size_) {
    status = absl::DataLossError(
        absl::StrCat("expected ", size_, " bytes, got ", written_));
  }
  status_ = std::move(status);
  done_ = true;
}

absl::Status PipeSource::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const absl::MutexLock lock(mutex_);
    const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return abandoned_ || buffer_.size() < kBufferSize;
    };
    mutex_.Await(absl::Condition(&has_room));
    if (abandoned_) return absl::CancelledError("the reader is gone");
    const size_t n = std::min(bytes.size(), kBufferSize - buffer_.size());
    buffer_.append(bytes.substr(0, n));
    written_ += static_cast<int64_t>(n);
    if (written_ > size_) {
      return absl::DataLossError(
          absl::StrCat("expected ", size_, " bytes, got more"));
    }
    bytes.remove_prefix(n);
  }
  return absl::OkStatus();
}

// The last buffer is kept until the writer knows that all was well.
bool PipeSource::CanRead() const {
  return done_ || (!buffer_.empty() && written_ < size_);
}

absl::StatusOr<size_t> PipeSource::Read(absl::Span<char> buffer) {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  const absl::MutexLock lock(mutex_);
  mutex_.Await(absl::Condition(this, &PipeSource::CanRead));
  if (!status_.ok()) return status_;
  const size_t n = std::min(buffer.size(), buffer_.size());
  if (n > 0) std::memcpy(buffer.data(), buffer_.data(), n);
  buffer_.erase(0, n);
  read_ += static_cast<int64_t>(n);
  return n;
}

absl::Status PipeSource::Seek(int64_t offset) {
  if (offset == read_) return absl::OkStatus();
  return absl::UnimplementedError("the bytes can be read only once");
}

}  // namespace rules_dockerfile
