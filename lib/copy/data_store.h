#ifndef LIB_COPY_DATA_STORE_H_
#define LIB_COPY_DATA_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/copy/read_ahead.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The files (and a few short texts) that hold the data of a tree's nodes:
// FileNode::source is a number that Add…() gave, FileNode::offset a position
// in it. One file is open at a time, and read through one buffer: Mode() and
// then Read() of a node open and read it once.
class DataStore {
 public:
  int AddFile(std::string path);
  int AddText(std::string text);

  // The path that AddFile() got.
  absl::string_view Path(int source) const { return sources_[source].path; }

  // Has threads read the small files of the tree without a digest before they
  // are asked for, which should be in the tree's order. Does nothing where that
  // would not be faster.
  void ReadAheadFor(const FileTree& tree);

  // Appends the data of a kFile node. FailedPrecondition if the node's source
  // is not of this store: its data is in a lower layer, of which only the index
  // is known.
  absl::Status Read(const FileNode& node, ByteSink* sink);

  // The digest of the node's data.
  absl::StatusOr<std::string> Digest(const FileNode& node);

  // The mode of a kFile node, which its data decides where `mode_of_data` is
  // set: 0755 of a program (ELF, or a script with "#!"), 0644 of other files.
  absl::StatusOr<uint32_t> Mode(const FileNode& node);

  // The data of the node, mapped; valid until the next call of Contents().
  absl::StatusOr<absl::string_view> Contents(const FileNode& node);

 private:
  struct Source {
    std::string path;  // "" for a text
    std::string text;
  };

  absl::StatusOr<const Source*> SourceOf(const FileNode& node) const;
  // Data of the node from its byte `position` on: at least one byte, at most
  // all; valid until the next call.
  absl::StatusOr<absl::string_view> Piece(const FileNode& node,
                                          int64_t position);
  // Reads the node's file into the buffer, from the node's byte `position` on.
  absl::Status FillBuffer(const FileNode& node, int64_t position);

  std::vector<Source> sources_;
  std::unique_ptr<ReadAhead> ahead_;
  int mapped_source_ = -1;
  std::optional<MappedFile> mapped_;

  int open_source_ = -1;
  std::optional<FileSource> open_;
  std::string buffer_;         // of the open source
  size_t buffered_ = 0;        // valid bytes of the buffer
  int64_t buffer_offset_ = 0;  // of the buffer's first byte in the source
};

}  // namespace rules_dockerfile

#endif  // LIB_COPY_DATA_STORE_H_
