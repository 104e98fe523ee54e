#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/map_guard.h"
#include "lib/base/temporary_files.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kBufferSize = 1 << 18;
constexpr size_t kSmallSize = 1 << 12;

// `cannot <action> "<path>": <text of errno>`.
absl::Status FileError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot ", action, " \"", path, "\""));
}

absl::StatusOr<int> OpenForReading(const std::string& path, int flags = 0) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return FileError("open", path);
  return fd;
}

absl::string_view FileTypeName(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  return "a device";
}

// Opens a file with a size, and says what it is.
absl::StatusOr<int> OpenRegularFile(const std::string& path,
                                    struct stat& info) {
  // Does not wait for the writer of a FIFO.
  ABSL_ASSIGN_OR_RETURN(const int fd, OpenForReading(path, O_NONBLOCK));
  absl::Cleanup closer = [fd] { close(fd); };
  if (fstat(fd, &info) != 0) return FileError("read", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot read \"", path, "\": expected a regular file, got ",
        FileTypeName(info.st_mode)));
  }
  std::move(closer).Cancel();
  return fd;
}

// Whether a file exists that a rename would replace.
bool IsToBeKept(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

absl::StatusOr<std::string> ReadAll(int fd, const std::string& path) {
  std::string contents;
  struct stat info;
  if (fstat(fd, &info) != 0) return FileError("read", path);
  // One byte more than the size, so that the last read() finds the end without
  // more memory. Files of /proc have no size.
  contents.resize(std::max(static_cast<size_t>(info.st_size) + 1, kSmallSize));
  size_t size = 0;
  while (true) {
    if (size == contents.size()) {
      contents.resize(size + std::min(size, kBufferSize));
    }
    const ssize_t n = read(fd, contents.data() + size, contents.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("read", path);
    if (n == 0) {
      contents.resize(size);
      return contents;
    }
    size += static_cast<size_t>(n);
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const int fd, OpenForReading(path));
  absl::StatusOr<std::string> contents = ReadAll(fd, path);
  close(fd);
  return contents;
}

absl::Status WriteFile(const std::string& path, absl::string_view contents) {
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(file.Append(contents));
  return file.Commit();
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  struct stat info;
  ABSL_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path, info));
  const absl::Cleanup closer = [fd] { close(fd); };
  const size_t size = static_cast<size_t>(info.st_size);
  if (size == 0) {  // mmap() refuses an empty range
    char byte;
    const ssize_t n = read(fd, &byte, 1);
    if (n < 0) return FileError("read", path);
    if (n == 0) return MappedFile(absl::string_view());
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot read \"", path, "\": expected a file of a known size"));
  }
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) return FileError("map", path);
  GuardMapping(data, path, info);
  return MappedFile(absl::string_view(static_cast<const char*>(data), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : contents_(std::exchange(other.contents_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(contents_, other.contents_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!contents_.empty()) {
    EndGuard(contents_.data());
    munmap(const_cast<char*>(contents_.data()), contents_.size());
  }
}

absl::StatusOr<FileSource> FileSource::Open(const std::string& path) {
  struct stat info;
  ABSL_ASSIGN_OR_RETURN(const int fd, OpenRegularFile(path, info));
  return FileSource(path, fd, info.st_size);
}

FileSource::FileSource(FileSource&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      position_(other.position_) {}

FileSource::~FileSource() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<size_t> FileSource::Read(absl::Span<char> buffer) {
  const size_t wanted =
      std::min(buffer.size(), static_cast<size_t>(size_ - position_));
  if (wanted == 0) return 0;
  ssize_t n;
  do {
    n = pread(fd_, buffer.data(), wanted, position_);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return FileError("read", path_);
  if (n == 0) {
    return absl::DataLossError(absl::StrCat(
        "\"", path_, "\" ends after ", position_, " bytes: expected ", size_));
  }
  position_ += n;
  return static_cast<size_t>(n);
}

absl::Status FileSource::Seek(int64_t offset) {
  position_ = offset;
  return absl::OkStatus();
}

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  if (IsToBeKept(path)) {
    const int fd =
        open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return FileError("create", path);
    return OutputFile(path, "", fd);
  }
  std::string temporary = absl::StrCat(path, ".tmp.", getpid());
  unlink(temporary.c_str());  // of a process that was killed
  // Before it exists, so that no signal arrives in between.
  RememberTemporaryFile(temporary);
  const int fd =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) {
    absl::Status status = FileError("create", path);
    ForgetTemporaryFile(temporary);
    return status;
  }
  return OutputFile(path, std::move(temporary), fd);
}

OutputFile::OutputFile(std::string path, std::string temporary, int fd)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      buffer_(std::move(other.buffer_)) {}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  close(fd_);
  RemoveTemporary();
}

void OutputFile::RemoveTemporary() {
  if (!temporary_.empty()) RemoveTemporaryFile(temporary_);
}

absl::Status OutputFile::Append(absl::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  if (buffer_.size() + bytes.size() < kBufferSize) {
    buffer_.append(bytes);
    return absl::OkStatus();
  }
  ABSL_RETURN_IF_ERROR(Flush());
  if (bytes.size() >= kBufferSize) return Write(bytes);
  buffer_.append(bytes);
  return absl::OkStatus();
}

absl::Status OutputFile::Flush() {
  const absl::Status written = Write(buffer_);
  buffer_.clear();
  return written;
}

absl::Status OutputFile::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EFAULT) {
      ABSL_RETURN_IF_ERROR(MapReadStatusOf(bytes));
      errno = EFAULT;
    }
    if (n < 0 && errno != EINTR) return FileError("write", path_);
    if (n > 0) bytes.remove_prefix(n);
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  ABSL_RETURN_IF_ERROR(Flush());
  ABSL_RETURN_IF_ERROR(MapReadStatus());
  // close() reports what a network file system could not store.
  if (close(std::exchange(fd_, -1)) != 0 ||
      (!temporary_.empty() && rename(temporary_.c_str(), path_.c_str()) != 0)) {
    const absl::Status status = FileError("write", path_);
    RemoveTemporary();
    return status;
  }
  if (!temporary_.empty()) ForgetTemporaryFile(temporary_);
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
