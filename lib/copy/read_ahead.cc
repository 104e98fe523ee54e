#include "lib/copy/read_ahead.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kBatchFiles = 256;
constexpr int64_t kBatchBytes = 1 << 21;
constexpr size_t kBatches = 6;

}  // namespace

ReadAhead::ReadAhead(std::vector<File> files, int threads)
    : files_(std::move(files)), threads_(threads) {
  for (size_t i = 0; i < files_.size(); ++i) {
    const size_t source = files_[i].source;
    if (places_.size() <= source) places_.resize(source + 1, kNone);
    places_[source] = i;
  }
  while (started_ < files_.size() && batches_.size() < kBatches) Start();
}

void ReadAhead::Start() {
  Batch batch = {.begin = started_};
  int64_t bytes = 0;
  while (started_ < files_.size() && started_ < batch.begin + kBatchFiles &&
         bytes < kBatchBytes) {
    bytes += files_[started_++].size;
  }
  batch.end = started_;
  batch.bytes.reserve(bytes);
  batches_.push_back(threads_.Add([this, batch = std::move(batch)]() mutable {
    return Read(std::move(batch));
  }));
}

ReadAhead::Batch ReadAhead::Read(Batch batch) const {
  for (size_t i = batch.begin; i < batch.end; ++i) {
    const size_t offset = batch.bytes.size();
    const bool is_read = Append(files_[i], batch.bytes);
    if (!is_read) batch.bytes.resize(offset);
    batch.offsets.push_back(is_read ? offset : kNone);
  }
  return batch;
}

bool ReadAhead::Append(const File& file, std::string& bytes) {
  absl::StatusOr<FileSource> source = FileSource::Open(file.path);
  if (!source.ok() || source->size() != file.size) return false;
  size_t end = bytes.size();
  bytes.resize(end + file.size);
  while (end < bytes.size()) {
    const absl::StatusOr<size_t> n =
        source->Read(absl::MakeSpan(bytes).subspan(end));
    if (!n.ok()) return false;
    end += *n;
  }
  return true;
}

std::optional<absl::string_view> ReadAhead::Find(int source) {
  const size_t number = source;
  const size_t place = number < places_.size() ? places_[number] : kNone;
  if (place == kNone || place < batch_.begin) return std::nullopt;
  while (place >= batch_.end) {
    batch_ = batches_.front().get();
    batches_.pop_front();
    if (started_ < files_.size()) Start();
  }
  const size_t offset = batch_.offsets[place - batch_.begin];
  if (offset == kNone) return std::nullopt;
  return absl::string_view(batch_.bytes).substr(offset, files_[place].size);
}

}  // namespace rules_dockerfile
