#ifndef LIB_BASE_BYTE_SINK_H_
#define LIB_BASE_BYTE_SINK_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Where bytes go: a file, a string, a digest, a compressor.
class ByteSink {
 public:
  virtual ~ByteSink() = default;

  // Appends `bytes`. After an error the sink is unusable.
  virtual absl::Status Append(absl::string_view bytes) = 0;
};

// Collects in memory.
class StringSink : public ByteSink {
 public:
  absl::Status Append(absl::string_view bytes) override {
    contents_.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  }
  const std::string& contents() const& { return contents_; }
  std::string contents() && { return std::move(contents_); }

 private:
  std::string contents_;
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_BYTE_SINK_H_
