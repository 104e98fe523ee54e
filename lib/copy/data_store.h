#ifndef LIB_COPY_DATA_STORE_H_
#define LIB_COPY_DATA_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The files (and a few short texts) that hold the data of a tree's nodes:
// FileNode::source is a number that Add…() gave, FileNode::offset a position
// in it. Files are mapped when they are read, one at a time.
class DataStore {
 public:
  int AddFile(std::string path);
  int AddText(std::string text);

  // Appends the data of a kFile node. FailedPrecondition if the node's source
  // is not of this store: its data is in a lower layer, of which only the index
  // is known.
  absl::Status Read(const FileNode& node, ByteSink* sink);

  // The digest of the node's data.
  absl::StatusOr<std::string> Digest(const FileNode& node);

  // The data of the node; valid until the next call.
  absl::StatusOr<absl::string_view> Contents(const FileNode& node);

 private:
  struct Source {
    std::string path;  // "" for a text
    std::string text;
  };
  std::vector<Source> sources_;
  int mapped_source_ = -1;
  std::optional<MappedFile> mapped_;
};

}  // namespace rules_dockerfile

#endif  // LIB_COPY_DATA_STORE_H_
