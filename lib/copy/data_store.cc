#include "lib/copy/data_store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/copy/read_ahead.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

// Fits into the cache of a core together with what is made of it.
constexpr size_t kBufferSize = 1 << 18;
// The next small file of a layer tar mostly follows the last one.
constexpr size_t kReadAhead = 1 << 16;

constexpr absl::string_view kElf("\x7f\x45LF", 4);

// That the node's data is within its source of `size` bytes.
absl::Status CheckBounds(const FileNode& node, int64_t size,
                         absl::string_view path) {
  if (node.offset >= 0 && node.size >= 0 && node.offset <= size &&
      node.size <= size - node.offset) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("\"", path, "\": ", node.size,
                                          " bytes at ", node.offset,
                                          " are past its end at ", size));
}

}  // namespace

int DataStore::AddFile(std::string path) {
  sources_.push_back({.path = std::move(path), .text = ""});
  return static_cast<int>(sources_.size()) - 1;
}

int DataStore::AddText(std::string text) {
  sources_.push_back({.path = "", .text = std::move(text)});
  return static_cast<int>(sources_.size()) - 1;
}

void DataStore::ReadAheadFor(const FileTree& tree) {
  const int threads = std::min<int>(std::thread::hardware_concurrency(), 2);
  if (threads < 2) return;
  std::vector<ReadAhead::File> files;
  for (const auto& [path, node] : tree.nodes()) {
    // The second name of a file is not read.
    if (node.type == LayerEntryType::kFile && node.digest.empty() &&
        node.inode < 0 && node.size > 0 && node.size <= ReadAhead::kMaxSize &&
        node.offset == 0 && SourceOf(node).ok()) {
      files.push_back({.source = node.source,
                       .path = sources_[node.source].path,
                       .size = node.size});
    }
  }
  if (files.size() < ReadAhead::kMinFiles) return;
  ahead_ = std::make_unique<ReadAhead>(std::move(files), threads);
}

absl::StatusOr<const DataStore::Source*> DataStore::SourceOf(
    const FileNode& node) const {
  if (node.source >= 0 && node.source < static_cast<int>(sources_.size())) {
    return &sources_[node.source];
  }
  return absl::FailedPreconditionError("its data is in a lower layer");
}

absl::StatusOr<absl::string_view> DataStore::Contents(const FileNode& node) {
  ABSL_ASSIGN_OR_RETURN(const Source* const source, SourceOf(node));
  absl::string_view bytes = source->text;
  if (!source->path.empty()) {
    if (mapped_source_ != node.source) {
      mapped_source_ = -1;
      mapped_.reset();
      ABSL_ASSIGN_OR_RETURN(mapped_, MappedFile::Open(source->path));
      mapped_source_ = node.source;
    }
    bytes = mapped_->contents();
  }
  ABSL_RETURN_IF_ERROR(
      CheckBounds(node, static_cast<int64_t>(bytes.size()), source->path));
  return bytes.substr(node.offset, node.size);
}

absl::Status DataStore::FillBuffer(const FileNode& node, int64_t position) {
  const std::string& path = sources_[node.source].path;
  if (open_source_ != node.source) {
    open_source_ = -1;
    open_.reset();
    buffered_ = 0;
    ABSL_ASSIGN_OR_RETURN(FileSource file, FileSource::Open(path));
    open_.emplace(std::move(file));
    open_source_ = node.source;
  }
  ABSL_RETURN_IF_ERROR(CheckBounds(node, open_->size(), path));
  buffer_.resize(kBufferSize);
  buffered_ = 0;
  buffer_offset_ = node.offset + position;
  const size_t wanted = std::clamp(static_cast<size_t>(node.size - position),
                                   kReadAhead, kBufferSize);
  ABSL_RETURN_IF_ERROR(open_->Seek(buffer_offset_));
  const absl::Span<char> buffer = absl::MakeSpan(buffer_).first(wanted);
  while (buffered_ < wanted) {
    ABSL_ASSIGN_OR_RETURN(const size_t n,
                          open_->Read(buffer.subspan(buffered_)));
    if (n == 0) break;  // the end of the file
    buffered_ += n;
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> DataStore::Piece(const FileNode& node,
                                                   int64_t position) {
  ABSL_ASSIGN_OR_RETURN(const Source* const source, SourceOf(node));
  if (source->path.empty()) {
    ABSL_RETURN_IF_ERROR(CheckBounds(
        node, static_cast<int64_t>(source->text.size()), source->path));
    return absl::string_view(source->text)
        .substr(node.offset + position, node.size - position);
  }
  if (ahead_ != nullptr && node.offset == 0) {
    const std::optional<absl::string_view> data = ahead_->Find(node.source);
    if (data.has_value() && static_cast<int64_t>(data->size()) == node.size) {
      return data->substr(position);
    }
  }
  const int64_t from = node.offset + position;
  if (open_source_ != node.source || from < buffer_offset_ ||
      from >= buffer_offset_ + static_cast<int64_t>(buffered_)) {
    ABSL_RETURN_IF_ERROR(FillBuffer(node, position));
  } else {
    ABSL_RETURN_IF_ERROR(CheckBounds(node, open_->size(), source->path));
  }
  return absl::string_view(buffer_)
      .substr(0, buffered_)
      .substr(from - buffer_offset_, node.size - position);
}

absl::Status DataStore::Read(const FileNode& node, ByteSink* sink) {
  // A file of an unknown size is an error of Contents().
  if (node.size <= 0) return Contents(node).status();
  for (int64_t position = 0; position < node.size;) {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view piece, Piece(node, position));
    ABSL_RETURN_IF_ERROR(sink->Append(piece));
    position += static_cast<int64_t>(piece.size());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DataStore::Digest(const FileNode& node) {
  Digester digester;
  ABSL_RETURN_IF_ERROR(Read(node, &digester));
  return digester.Finish();
}

// The mode of the file itself does not count: Bazel sets the executable bit of
// all outputs, remote executors that of all inputs, and no action key contains
// a mode.
absl::StatusOr<uint32_t> DataStore::Mode(const FileNode& node) {
  if (!node.mode_of_data) return node.mode;
  if (node.size <= 0) return 0644;
  ABSL_ASSIGN_OR_RETURN(const absl::string_view start, Piece(node, 0));
  return absl::StartsWith(start, "#!") || absl::StartsWith(start, kElf) ? 0755
                                                                        : 0644;
}

}  // namespace rules_dockerfile
