#include "lib/copy/data_store.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

int DataStore::AddFile(std::string path) {
  sources_.push_back({.path = std::move(path), .text = ""});
  return static_cast<int>(sources_.size()) - 1;
}

int DataStore::AddText(std::string text) {
  sources_.push_back({.path = "", .text = std::move(text)});
  return static_cast<int>(sources_.size()) - 1;
}

absl::StatusOr<absl::string_view> DataStore::Contents(const FileNode& node) {
  if (node.source < 0 || node.source >= static_cast<int>(sources_.size())) {
    return absl::FailedPreconditionError("its data is in a lower layer");
  }
  const Source& source = sources_[node.source];
  absl::string_view bytes = source.text;
  if (!source.path.empty()) {
    if (mapped_source_ != node.source) {
      mapped_source_ = -1;
      mapped_.reset();
      ABSL_ASSIGN_OR_RETURN(mapped_, MappedFile::Open(source.path));
      mapped_source_ = node.source;
    }
    bytes = mapped_->contents();
  }
  const auto size = static_cast<int64_t>(bytes.size());
  if (node.offset < 0 || node.size < 0 || node.offset > size ||
      node.size > size - node.offset) {
    return absl::DataLossError(
        absl::StrCat("\"", source.path, "\": ", node.size, " bytes at ",
                     node.offset, " are past its end at ", size));
  }
  return bytes.substr(node.offset, node.size);
}

absl::Status DataStore::Read(const FileNode& node, ByteSink* sink) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view data, Contents(node));
  return sink->Append(data);
}

absl::StatusOr<std::string> DataStore::Digest(const FileNode& node) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view data, Contents(node));
  return DigestOf(data);
}

}  // namespace rules_dockerfile
