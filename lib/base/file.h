#ifndef LIB_BASE_FILE_H_
#define LIB_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

// The contents of the file. Errors name the path: NotFound
// `cannot open "a/b": No such file or directory`.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Writes `contents` to `path` completely or not at all, as OutputFile does.
absl::Status WriteFile(const std::string& path, absl::string_view contents);

// A regular file mapped read-only; the view is valid while the object lives.
// Movable. InvalidArgument for any other file: `cannot read "F": expected a
// regular file, got a FIFO`. A page that cannot be read reads as zeros, and
// MapReadStatus() (lib/base/map_guard.h) reports it.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  absl::string_view contents() const { return contents_; }

 private:
  explicit MappedFile(absl::string_view contents) : contents_(contents) {}
  absl::string_view contents_;
};

// Reads a regular file in pieces, in constant memory. Movable.
class FileSource : public ByteSource {
 public:
  // Errors are those of MappedFile::Open().
  static absl::StatusOr<FileSource> Open(const std::string& path);
  FileSource(FileSource&& other) noexcept;
  ~FileSource() override;

  int64_t size() const override { return size_; }
  // DataLoss `"F" ends after 3 bytes: expected 7` if it has become shorter;
  // what it has become longer is not read.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Seek(int64_t offset) override;

 private:
  FileSource(std::string path, int fd, int64_t size)
      : path_(std::move(path)), fd_(fd), size_(size) {}

  std::string path_;
  int fd_ = -1;
  int64_t size_ = 0;
  int64_t position_ = 0;
};

// A file that appears under its name only when it is complete: bytes go to
// `path` + ".tmp.<pid>" until Commit() renames it. Without Commit() the
// temporary file is removed. Commit() fails, too, if a mapped input could not
// be read. Buffered. Movable.
//
// An existing file that is not a regular file is written to, never replaced: a
// device, a FIFO, what a symlink such as /dev/stdout leads to.
//
//   ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
//   ABSL_RETURN_IF_ERROR(out.Append(bytes));
//   return out.Commit();
class OutputFile : public ByteSink {
 public:
  static absl::StatusOr<OutputFile> Create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  ~OutputFile() override;

  absl::Status Append(absl::string_view bytes) override;
  absl::Status Commit();

  // Writes what is buffered. What a forked child appends and flushes is part
  // of the file that the parent commits.
  absl::Status Flush();

  // Bytes appended so far.
  int64_t size() const { return size_; }

 private:
  OutputFile(std::string path, std::string temporary, int fd);
  absl::Status Write(absl::string_view bytes);
  void RemoveTemporary();

  std::string path_;
  std::string temporary_;  // empty: `path_` itself is written to
  int fd_ = -1;
  int64_t size_ = 0;
  std::string buffer_;
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_FILE_H_
