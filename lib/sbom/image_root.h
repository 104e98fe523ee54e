#ifndef LIB_SBOM_IMAGE_ROOT_H_
#define LIB_SBOM_IMAGE_ROOT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// DataInLayers(), if there is not too much: ResourceExhausted `"usr/x":
// expected at most 10 bytes, got 20`.
absl::StatusOr<absl::string_view> FileBytes(
    const FileNode& file, absl::Span<const absl::string_view> tars,
    absl::string_view path, int64_t max_size);

// The files of an image as its containers see them, and their data. Paths are
// resolved in the tree alone. Borrows the tree and the layer tars.
class ImageRoot {
 public:
  // Data() hands out `most` bytes in all: a short database can name the same
  // large files again and again.
  ImageRoot(const FileTree& tree, absl::Span<const absl::string_view> tars,
            int64_t most)
      : tree_(tree), tars_(tars), left_(most) {}

  const FileTree& tree() const { return tree_; }

  // The path, without symlinks, of what `path` leads to; nullopt if there is no
  // such thing, or it is not a regular file or not a directory.
  std::optional<std::string> FindFile(absl::string_view path) const;
  std::optional<std::string> FindDirectory(absl::string_view path) const;

  // FileBytes() of the regular file at the resolved path; NotFound if there is
  // none. ResourceExhausted if it is more than what is left of all bytes, and
  // then always.
  absl::StatusOr<absl::string_view> Data(absl::string_view path,
                                         int64_t max_size) const;
  bool is_exhausted() const { return left_ < 0; }

  // Whether there is a regular file of at most `max_size` bytes at the resolved
  // path, and begins so.
  bool BeginsWith(absl::string_view path, absl::string_view bytes,
                  int64_t max_size) const;

  // The files among `paths` of a package: those that are there and are neither
  // directories nor links to one (/bin, in a list of dpkg), with their resolved
  // parents, sorted, none twice. Paths are relative to the root or absolute.
  std::vector<std::string> ExistingFiles(
      const std::vector<std::string>& paths) const;

  // The sum of the sizes of the files, hard links once.
  int64_t SizeOf(const std::vector<std::string>& files) const;

 private:
  std::string ResolvedParent(const std::string& parent) const;

  const FileTree& tree_;
  const absl::Span<const absl::string_view> tars_;
  // Of ResolvedParent(): a package has many files in a directory.
  mutable std::map<std::string, std::string> parents_;
  mutable int64_t left_;  // for Data(); -1 after it did not suffice
};

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_IMAGE_ROOT_H_
