#include "lib/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

std::string Path(const char* name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

TEST(File, ReadsWhatWasWritten) {
  const std::string path = Path("written");
  const std::string contents("a\0b\n", 4);
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
}

TEST(File, NamesThePathThatCannotBeOpened) {
  EXPECT_THAT(ReadFile("no/such"),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"no/such\": No such file or directory"));
  EXPECT_THAT(MappedFile::Open("no/such").status(),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"no/such\": No such file or directory"));
  EXPECT_THAT(WriteFile("no/such", ""),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot create \"no/such\": No such file or directory"));
}

TEST(MappedFile, MapsEmptyAndFullFiles) {
  const std::string path = Path("mapped");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  EXPECT_EQ(MappedFile::Open(path)->contents(), "");
  ASSERT_THAT(WriteFile(path, "full"), IsOk());
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  ASSERT_THAT(file.status(), IsOk());
  const MappedFile moved = *std::move(file);
  EXPECT_EQ(moved.contents(), "full");
}

// All bytes that the source still has.
absl::StatusOr<std::string> ReadRest(ByteSource& source) {
  std::string bytes;
  char buffer[3];
  while (true) {
    const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
    if (!n.ok()) return n.status();
    if (*n == 0) return bytes;
    bytes.append(buffer, *n);
  }
}

TEST(FileSource, ReadsInPiecesAndAgain) {
  const std::string path = Path("source");
  ASSERT_THAT(WriteFile(path, "0123456789"), IsOk());
  absl::StatusOr<FileSource> source = FileSource::Open(path);
  ASSERT_THAT(source.status(), IsOk());
  EXPECT_EQ(source->size(), 10);
  EXPECT_THAT(ReadRest(*source), IsOkAndHolds("0123456789"));
  EXPECT_THAT(source->Seek(7), IsOk());
  EXPECT_THAT(ReadRest(*source), IsOkAndHolds("789"));
  PartSource part(*source, 4, 5);
  EXPECT_EQ(part.size(), 5);
  EXPECT_THAT(part.Seek(0), IsOk());
  EXPECT_THAT(ReadRest(part), IsOkAndHolds("45678"));
  EXPECT_THAT(part.Seek(2), IsOk());
  EXPECT_THAT(ReadRest(part), IsOkAndHolds("678"));
}

TEST(FileSource, ReportsAFileThatBecameShorter) {
  const std::string path = Path("shorter");
  ASSERT_THAT(WriteFile(path, "0123456"), IsOk());
  absl::StatusOr<FileSource> source = FileSource::Open(path);
  ASSERT_THAT(source.status(), IsOk());
  ASSERT_EQ(truncate(path.c_str(), 3), 0);
  EXPECT_THAT(
      ReadRest(*source),
      StatusIs(absl::StatusCode::kDataLoss,
               absl::StrCat("\"", path, "\" ends after 3 bytes: expected 7")));
}

TEST(FileSource, RefusesWhatIsNotARegularFile) {
  EXPECT_THAT(FileSource::Open("/").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot read \"/\": expected a regular file, got a "
                       "directory"));
}

TEST(ViewSource, ReadsInPiecesAndAgain) {
  ViewSource source("abcdefgh");
  EXPECT_THAT(ReadRest(source), IsOkAndHolds("abcdefgh"));
  EXPECT_THAT(source.Seek(6), IsOk());
  EXPECT_THAT(ReadRest(source), IsOkAndHolds("gh"));
}

TEST(MappedFile, RefusesWhatIsNotARegularFile) {
  const std::string fifo = Path("fifo");
  unlink(fifo.c_str());
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const std::string directory = testing::TempDir();
  const auto error = [](const std::string& path, const char* got) {
    return StatusIs(absl::StatusCode::kInvalidArgument,
                    absl::StrCat("cannot read \"", path,
                                 "\": expected a regular file, got ", got));
  };
  EXPECT_THAT(MappedFile::Open(fifo), error(fifo, "a FIFO"));
  EXPECT_THAT(MappedFile::Open("/dev/zero"), error("/dev/zero", "a device"));
  EXPECT_THAT(MappedFile::Open(directory), error(directory, "a directory"));
}

TEST(MappedFile, ReportsReadErrors) {
  // The first page of no process is mapped: reading it is EIO.
  const char kFile[] = "/proc/self/mem";
  EXPECT_THAT(MappedFile::Open(kFile),
              StatusIs(absl::StatusCode::kUnknown,
                       "cannot read \"/proc/self/mem\": Input/output error"));
  EXPECT_THAT(ReadFile(kFile),
              StatusIs(absl::StatusCode::kUnknown,
                       "cannot read \"/proc/self/mem\": Input/output error"));
  EXPECT_THAT(MappedFile::Open("/proc/self/stat"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot read \"/proc/self/stat\": expected a file of "
                       "a known size"));
}

TEST(OutputFile, AppearsWhenCommitted) {
  const std::string path = Path("committed");
  absl::StatusOr<OutputFile> file = OutputFile::Create(path);
  ASSERT_THAT(file.status(), IsOk());
  const std::string big(1 << 20, 'x');
  ASSERT_THAT(file->Append("small"), IsOk());
  ASSERT_THAT(file->Append(big), IsOk());
  ASSERT_THAT(file->Append("end"), IsOk());
  EXPECT_EQ(file->size(), 8 + (1 << 20));
  EXPECT_THAT(ReadFile(path).status(), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(absl::StrCat("small", big, "end")));
}

TEST(OutputFile, LeavesTheOldFileWhenNotCommitted) {
  const std::string path = Path("dropped");
  ASSERT_THAT(WriteFile(path, "old"), IsOk());
  {
    absl::StatusOr<OutputFile> file = OutputFile::Create(path);
    ASSERT_THAT(file.status(), IsOk());
    ASSERT_THAT(file->Append("new"), IsOk());
  }
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("old"));
}

TEST(OutputFile, WritesToADevice) {
  EXPECT_THAT(WriteFile("/dev/full", "x"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "cannot write \"/dev/full\": No space left on device"));
  EXPECT_THAT(WriteFile("/dev/null", "x"), IsOk());
  for (const char* path : {"/dev/full", "/dev/null"}) {
    struct stat info;
    ASSERT_EQ(lstat(path, &info), 0);
    EXPECT_TRUE(S_ISCHR(info.st_mode)) << path;
  }
}

TEST(OutputFile, WritesToAFifo) {
  const std::string path = Path("fifo_out");
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(fd, 0);
  EXPECT_THAT(WriteFile(path, "to the reader"), IsOk());
  char buffer[64];
  const ssize_t n = read(fd, buffer, sizeof buffer);
  EXPECT_EQ(std::string(buffer, n < 0 ? 0 : n), "to the reader");
  close(fd);
}

TEST(OutputFile, WritesToWhatASymlinkLeadsTo) {
  // As /dev/stdout does, a link of /proc that leads to no name.
  char memory[] = "memory";
  const int fd = memfd_create(memory, MFD_CLOEXEC);
  ASSERT_GE(fd, 0);
  const std::string link = Path("link_out");
  unlink(link.c_str());
  const std::string target = absl::StrCat("/proc/self/fd/", fd);
  ASSERT_EQ(symlink(target.c_str(), link.c_str()), 0);
  EXPECT_THAT(WriteFile(link, "through the link"), IsOk());
  EXPECT_THAT(ReadFile(target), IsOkAndHolds("through the link"));
  struct stat info;
  ASSERT_EQ(lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  close(fd);
}

TEST(OutputFile, RefusesADirectory) {
  const std::string path = testing::TempDir();
  EXPECT_THAT(WriteFile(path, ""),
              StatusIs(testing::_, absl::StrCat("cannot create \"", path,
                                                "\": Is a directory")));
}

TEST(OutputFile, TakesNoLinkForItsTemporaryFile) {
  const std::string path = Path("linked");
  const std::string victim = Path("victim");
  ASSERT_THAT(WriteFile(victim, "as it was"), IsOk());
  const std::string temporary = absl::StrCat(path, ".tmp.", getpid());
  unlink(temporary.c_str());
  ASSERT_EQ(symlink(victim.c_str(), temporary.c_str()), 0);
  EXPECT_THAT(WriteFile(path, "new"), IsOk());
  EXPECT_THAT(ReadFile(victim), IsOkAndHolds("as it was"));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("new"));
}

}  // namespace
}  // namespace rules_dockerfile
