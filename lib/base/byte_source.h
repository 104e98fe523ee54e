#ifndef LIB_BASE_BYTE_SOURCE_H_
#define LIB_BASE_BYTE_SOURCE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// Where bytes come from, in pieces: a file, a string, another server.
// Externally synchronised.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // How many bytes there are in all.
  virtual int64_t size() const = 0;

  // Reads up to `buffer.size()` bytes, at least one before the end, and returns
  // how many; 0 at the end. After an error the source is unusable.
  virtual absl::StatusOr<size_t> Read(absl::Span<char> buffer) = 0;

  // The next Read() begins `offset` bytes after the start; `offset` is in [0,
  // size()]. Unimplemented if the bytes can be read only once.
  virtual absl::Status Seek(int64_t offset) = 0;
};

// Reads what another owns, which must outlive the source.
class ViewSource : public ByteSource {
 public:
  explicit ViewSource(absl::string_view bytes) : bytes_(bytes) {}

  int64_t size() const override { return static_cast<int64_t>(bytes_.size()); }
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const size_t n = std::min(buffer.size(), bytes_.size() - position_);
    if (n > 0) std::memcpy(buffer.data(), bytes_.data() + position_, n);
    position_ += n;
    return n;
  }
  absl::Status Seek(int64_t offset) override {
    position_ = static_cast<size_t>(offset);
    return absl::OkStatus();
  }

 private:
  absl::string_view bytes_;
  size_t position_ = 0;
};

// `size` bytes of `whole` from `begin` on, which `whole` has; it must outlive
// the source. The first call is Seek(0).
class PartSource : public ByteSource {
 public:
  PartSource(ByteSource& whole, int64_t begin, int64_t size)
      : whole_(&whole), begin_(begin), size_(size) {}

  int64_t size() const override { return size_; }
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const size_t left = static_cast<size_t>(size_ - position_);
    absl::StatusOr<size_t> n =
        whole_->Read(buffer.first(std::min(buffer.size(), left)));
    if (n.ok()) position_ += static_cast<int64_t>(*n);
    return n;
  }
  absl::Status Seek(int64_t offset) override {
    position_ = offset;
    return whole_->Seek(begin_ + offset);
  }

 private:
  ByteSource* whole_;
  int64_t begin_;
  int64_t size_;
  int64_t position_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_BYTE_SOURCE_H_
