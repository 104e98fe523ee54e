#include "lib/base/byte_pipe.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {
namespace {

// All bytes of the source, and its error.
absl::Status ReadAll(ByteSource& source, std::string& bytes) {
  char buffer[5000];
  while (true) {
    const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
    if (!n.ok()) return n.status();
    if (*n == 0) return absl::OkStatus();
    bytes.append(buffer, *n);
  }
}

TEST(PipeSource, ReturnsWhatIsWritten) {
  std::string expected;
  for (int i = 0; i < 700000; ++i) expected += std::to_string(i);
  PipeSource pipe(static_cast<int64_t>(expected.size()), [&](ByteSink& sink) {
    absl::Status status;
    for (size_t i = 0; status.ok() && i < expected.size(); i += 70000) {
      status = sink.Append(absl::string_view(expected).substr(i, 70000));
    }
    return status;
  });
  std::string bytes;
  EXPECT_EQ(ReadAll(pipe, bytes), absl::OkStatus());
  EXPECT_EQ(bytes, expected);
  EXPECT_EQ(pipe.Seek(static_cast<int64_t>(expected.size())), absl::OkStatus());
  EXPECT_EQ(pipe.Seek(0),
            absl::UnimplementedError("the bytes can be read only once"));
}

TEST(PipeSource, KeepsTheLastBytesBackIfTheWriterFails) {
  PipeSource pipe(4, [](ByteSink& sink) {
    EXPECT_EQ(sink.Append("data"), absl::OkStatus());
    return absl::DataLossError("wrong digest");
  });
  std::string bytes;
  EXPECT_EQ(ReadAll(pipe, bytes), absl::DataLossError("wrong digest"));
  EXPECT_EQ(bytes, "");
}

TEST(PipeSource, RefusesAnotherNumberOfBytes) {
  std::string bytes;
  PipeSource less(7, [](ByteSink& sink) { return sink.Append("abc"); });
  EXPECT_EQ(ReadAll(less, bytes),
            absl::DataLossError("expected 7 bytes, got 3"));
  PipeSource more(2, [](ByteSink& sink) { return sink.Append("abc"); });
  EXPECT_EQ(ReadAll(more, bytes),
            absl::DataLossError("expected 2 bytes, got more"));
}

TEST(PipeSource, StopsAWriterThatNobodyReads) {
  absl::Status status;
  {
    PipeSource pipe(int64_t{1} << 40, [&](ByteSink& sink) {
      while (status.ok()) status = sink.Append(std::string(1 << 16, 'x'));
      return status;
    });
    char byte;
    EXPECT_EQ(pipe.Read(absl::MakeSpan(&byte, 1)).value(), 1);
  }
  EXPECT_EQ(status, absl::CancelledError("the reader is gone"));
}

TEST(PipeSource, StartsNoWriterThatNobodyNeeds) {
  bool started = false;
  {
    PipeSource pipe(1, [&](ByteSink&) {
      started = true;
      return absl::OkStatus();
    });
  }
  EXPECT_FALSE(started);
}

}  // namespace
}  // namespace rules_dockerfile
