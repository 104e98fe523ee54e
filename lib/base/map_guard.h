#ifndef LIB_BASE_MAP_GUARD_H_
#define LIB_BASE_MAP_GUARD_H_

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

// A page of a mapped file that cannot be read (the file was truncated, its disk
// or network file system failed) is a SIGBUS. Here it becomes an error: from
// that page on the mapping is zeros, the program goes on to its next check, and
// MapReadStatus() fails from then on. Whoever keeps something that was made of
// mapped bytes checks first; OutputFile and RunTool() do.
//
// Copying the files would need memory for all layers of an image together.

// Watches the mapping at `begin` of all of `file`, which was open as `path`. A
// forked child watches on, for itself; exec ends it.
void GuardMapping(const void* begin, const std::string& path,
                  const struct stat& file);

// Ends that, before the mapping is undone. A failure is not forgotten.
void EndGuard(const void* begin);

// Releases the memory of all complete pages of `bytes`, if they belong to a
// watched mapping: a program that reads a large file once needs no more memory
// for it than for a small one. They are read again when they are needed.
void DropPages(absl::string_view bytes);

// Keeps few pages of mapped files in memory that are read in small pieces, in
// any order.
class MappedReads {
 public:
  explicit MappedReads(absl::Span<const absl::string_view> files)
      : files_(files.begin(), files.end()) {}

  // So many bytes were read next.
  void Add(size_t bytes);

 private:
  std::vector<absl::string_view> files_;
  size_t read_ = 0;
};

// OK, or DataLoss for the first mapped file that could not be read: `cannot
// read "F": Input/output error`, or `cannot read "F": expected 8192 bytes, got
// 4096: it was truncated`. Asks for the sizes of the files that are mapped now:
// no SIGBUS reports what is missing from the last page.
absl::Status MapReadStatus();

// MapReadStatus() after a system call that read `bytes` failed with EFAULT, and
// so has raised no SIGBUS.
absl::Status MapReadStatusOf(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_MAP_GUARD_H_
