#include "lib/copy/archive.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/base/free_bytes.h"
#include "lib/base/temporary_files.h"
#include "lib/compression/codec.h"
#include "lib/compression/decompressor.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"
#include "lib/tar/reader.h"
#include "lib/tar/sparse.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kTarHeaderSize = 512;

// Passes on what begins with a tar header, and stops the writer of anything
// else with an error.
class TarSink : public ByteSink {
 public:
  explicit TarSink(ByteSink* sink) : sink_(sink) {}

  absl::Status Append(absl::string_view bytes) override {
    if (is_tar_) return sink_->Append(bytes);
    head_.append(bytes);
    if (head_.size() < kTarHeaderSize) return absl::OkStatus();
    is_tar_ = LooksLikeTar(head_);
    if (!is_tar_) return absl::CancelledError("not a tar archive");
    return sink_->Append(head_);
  }

  bool is_tar() const { return is_tar_; }

 private:
  ByteSink* sink_;
  std::string head_;
  bool is_tar_ = false;
};

}  // namespace

ArchiveOpener::ArchiveOpener(std::string prefix, DataStore* store)
    : prefix_(std::move(prefix)), store_(store) {}

ArchiveOpener::~ArchiveOpener() {
  for (const std::string& path : temporaries_) RemoveTemporaryFile(path);
}

std::string ArchiveOpener::NextPath() const {
  return absl::StrCat(prefix_, ".archive", temporaries_.size());
}

absl::StatusOr<OpenArchive> ArchiveOpener::Keep(OutputFile file) {
  const std::string path = NextPath();
  const FileNode node = {.size = file.size(), .source = store_->AddFile(path)};
  RememberTemporaryFile(path);
  temporaries_.push_back(path);
  ABSL_RETURN_IF_ERROR(file.Commit());
  ABSL_ASSIGN_OR_RETURN(const absl::string_view bytes, store_->Contents(node));
  return OpenArchive{.bytes = bytes, .source = node.source};
}

absl::StatusOr<OpenArchive> ArchiveOpener::WithoutHoles(
    const OpenArchive& archive) {
  if (!HasSparseMembers(archive.bytes)) return archive;
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(NextPath()));
  // Its holes take no room in the archive, but here they do.
  ABSL_RETURN_IF_ERROR(ExpandSparseMembers(
      archive.bytes, FreeBytesAt(HostDirectoryOf(NextPath())), &file));
  return Keep(std::move(file));
}

absl::StatusOr<std::optional<OpenArchive>> ArchiveOpener::Open(
    const FileNode& node) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view bytes, store_->Contents(node));
  if (LooksLikeTar(bytes)) {
    return WithoutHoles(
        {.bytes = bytes, .source = node.source, .offset = node.offset});
  }
  const Codec codec = DetectCodec(bytes);
  // The frontend copies the format before xz as it is.
  if (codec == Codec::kNone || codec == Codec::kLzma) return std::nullopt;

  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(NextPath()));
  TarSink tar(&file);
  Decompressor decompressor(codec, &tar);
  absl::Status status = decompressor.Append(bytes);
  if (status.ok()) status = decompressor.Finish();
  if (!tar.is_tar()) return std::nullopt;
  ABSL_RETURN_IF_ERROR(status);
  ABSL_ASSIGN_OR_RETURN(const OpenArchive decompressed, Keep(std::move(file)));
  return WithoutHoles(decompressed);
}

absl::StatusOr<std::optional<OpenArchive>> ArchiveOpener::OpenFile(
    const std::string& path) {
  int64_t size = 0;
  {
    ABSL_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    size = static_cast<int64_t>(file.contents().size());
    // An archive without members is only its end.
    if (size > 0 &&
        file.contents().find_first_not_of('\0') == absl::string_view::npos) {
      return OpenArchive();
    }
  }
  return Open({.size = size, .source = store_->AddFile(path)});
}

}  // namespace rules_dockerfile
