#ifndef LIB_COPY_READ_AHEAD_H_
#define LIB_COPY_READ_AHEAD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/base/task_threads.h"

namespace rules_dockerfile {

// Reads small files in other threads before they are asked for: to open, read
// and close one takes as long as all else that COPY does with it. A few
// thousand files are in memory at a time.
class ReadAhead {
 public:
  struct File {
    int source = -1;  // a number, not negative
    std::string path;
    int64_t size = 0;  // at most kMaxSize
  };
  static constexpr int64_t kMaxSize = 1 << 16;
  // For fewer, threads take longer than they save.
  static constexpr size_t kMinFiles = 1000;

  // `files` in the order in which they will be asked for.
  ReadAhead(std::vector<File> files, int threads);

  // The data of the file with the number; valid until a file after it is asked
  // for. nullopt if it is none of them, is before one that was asked for, or
  // could not be read or has another size: whoever reads it finds out why.
  std::optional<absl::string_view> Find(int source);

 private:
  static constexpr size_t kNone = -1;

  // Files that follow each other, and the data of those that could be read.
  struct Batch {
    size_t begin = 0;
    size_t end = 0;
    std::string bytes;
    std::vector<size_t> offsets;  // of each in `bytes`; kNone: it was not read
  };

  void Start();
  Batch Read(Batch batch) const;
  // Returns false, and appends anything, if the file cannot be read.
  static bool Append(const File& file, std::string& bytes);

  const std::vector<File> files_;
  std::vector<size_t> places_;  // of sources in `files_`, or kNone
  size_t started_ = 0;          // files
  Batch batch_;
  std::deque<std::future<Batch>> batches_;  // that follow
  TaskThreads<Batch> threads_;              // use all else
};

}  // namespace rules_dockerfile

#endif  // LIB_COPY_READ_AHEAD_H_
