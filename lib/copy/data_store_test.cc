#include "lib/copy/data_store.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;

class DataStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }

  std::string File(absl::string_view name, absl::string_view data) const {
    const std::string path = absl::StrCat(root_, "/", name);
    EXPECT_THAT(WriteFile(path, data), IsOk());
    return path;
  }

  static FileNode Node(int source, int64_t offset, int64_t size) {
    return {.type = LayerEntryType::kFile,
            .mode = 0600,
            .mode_of_data = true,
            .size = size,
            .source = source,
            .offset = offset};
  }

  std::string Read(const FileNode& node) {
    StringSink sink;
    const absl::Status status = store_.Read(node, &sink);
    return status.ok() ? sink.contents() : std::string(status.message());
  }

  // Bytes that differ wherever a piece may begin.
  static std::string Bytes(size_t size) {
    std::string bytes;
    for (int i = 0; bytes.size() < size; ++i) absl::StrAppend(&bytes, i, ",");
    bytes.resize(size);
    return bytes;
  }

  const std::string root_ = testing::TempDir() + "/data_store_test";
  DataStore store_;
};

TEST_F(DataStoreTest, ReadsFilesOfAnySize) {
  // Around the sizes of the buffer, and of what is read ahead.
  for (const size_t size :
       {1u, 65535u, 65536u, 65537u, 262143u, 262144u, 262145u, 1000000u}) {
    const std::string bytes = Bytes(size);
    const FileNode node =
        Node(store_.AddFile(File(absl::StrCat(size), bytes)), 0, size);
    EXPECT_EQ(Read(node), bytes) << size;
    EXPECT_THAT(store_.Digest(node), IsOkAndHolds(DigestOf(bytes))) << size;
    EXPECT_THAT(store_.Mode(node), IsOkAndHolds(0644)) << size;
    EXPECT_EQ(Read(node), bytes) << size;
  }
}

TEST_F(DataStoreTest, ReadsPartsOfAFileInAnyOrder) {
  const std::string bytes = Bytes(1000000);
  const int tar = store_.AddFile(File("tar", bytes));
  const int other = store_.AddFile(File("other", "other"));
  for (const auto& [offset, size] : {std::pair<int64_t, int64_t>{0, 10},
                                     {512, 65000},
                                     {65530, 100},
                                     {999999, 1},
                                     {300000, 700000},
                                     {512, 1},
                                     {1000000, 0}}) {
    EXPECT_EQ(Read(Node(tar, offset, size)), bytes.substr(offset, size))
        << offset;
    EXPECT_EQ(Read(Node(other, 1, 3)), "the");
    EXPECT_EQ(Read(Node(tar, offset, size)), bytes.substr(offset, size))
        << offset;
  }
}

TEST_F(DataStoreTest, TellsProgramsByTheirData) {
  const auto mode = [&](absl::string_view data) {
    return store_.Mode(Node(store_.AddFile(File("f", data)), 0, data.size()));
  };
  EXPECT_THAT(mode("#!"), IsOkAndHolds(0755));
  EXPECT_THAT(mode("#!/bin/sh\n"), IsOkAndHolds(0755));
  EXPECT_THAT(mode("\x7f\x45LF"), IsOkAndHolds(0755));
  EXPECT_THAT(mode("\x7f\x45L"), IsOkAndHolds(0644));
  EXPECT_THAT(mode("#"), IsOkAndHolds(0644));
  EXPECT_THAT(mode(" #!"), IsOkAndHolds(0644));
  EXPECT_THAT(mode(""), IsOkAndHolds(0644));
  FileNode decided = Node(store_.AddFile(File("f", "#!")), 0, 2);
  decided.mode_of_data = false;
  EXPECT_THAT(store_.Mode(decided), IsOkAndHolds(0600));
}

// Removing a file that is open shows that nothing opens it again.
TEST_F(DataStoreTest, OpensAFileOnceForItsModeAndData) {
  for (const size_t size : {2u, 1000000u}) {
    const std::string bytes = Bytes(size);
    const std::string path = File("f", bytes);
    const FileNode node = Node(store_.AddFile(path), 0, size);
    EXPECT_THAT(store_.Mode(node), IsOkAndHolds(0644));
    std::filesystem::remove(path);
    EXPECT_EQ(Read(node), bytes);
  }
}

// Removing files shows that they were read before.
TEST_F(DataStoreTest, ReadsSmallFilesAhead) {
  constexpr int kFiles = 3000;
  FileTree tree;
  std::vector<std::string> data;
  for (int i = 0; i < kFiles; ++i) {
    data.push_back(Bytes(1 + i % 300));
    const std::string name = absl::StrCat(10000 + i);
    FileNode node = Node(store_.AddFile(File(name, data.back())), 0,
                         static_cast<int64_t>(data.back().size()));
    if (i == 7) node.inode = 1;
    EXPECT_THAT(tree.Put(name, node), IsOk());
  }
  const auto node = [&](int i) { return *tree.Find(absl::StrCat(10000 + i)); };
  const auto path = [&](int i) { return absl::StrCat(root_, "/", 10000 + i); };
  std::filesystem::remove(path(5));
  EXPECT_THAT(WriteFile(path(6), "x"), IsOk());
  store_.ReadAheadFor(tree);
  EXPECT_EQ(Read(node(0)), data[0]);
  for (const int i : {1, 7}) std::filesystem::remove(path(i));
  if (std::thread::hardware_concurrency() > 1) {
    EXPECT_EQ(Read(node(1)), data[1]);
  }
  EXPECT_EQ(Read(node(5)), absl::StrCat("cannot open \"", path(5),
                                        "\": No such file or directory"));
  EXPECT_EQ(
      Read(node(6)),
      absl::StrCat("\"", path(6), "\": 7 bytes at 0 are past its end at 1"));
  EXPECT_EQ(Read(node(7)), absl::StrCat("cannot open \"", path(7),
                                        "\": No such file or directory"));
  for (int i = 8; i < kFiles; i += i % 700 == 0 ? 600 : 1) {
    EXPECT_THAT(store_.Mode(node(i)), IsOkAndHolds(0644));
    EXPECT_EQ(Read(node(i)), data[i]);
  }
  // What is past is read again.
  EXPECT_EQ(Read(node(8)), data[8]);
}

TEST_F(DataStoreTest, RefusesWhatIsNotThere) {
  const std::string path = File("f", "abc");
  const int file = store_.AddFile(path);
  const std::string past_end =
      absl::StrCat("\"", path, "\": 2 bytes at 2 are past its end at 3");
  EXPECT_EQ(Read(Node(file, 2, 2)), past_end);
  EXPECT_EQ(Read(Node(file, 0, 3)), "abc");
  EXPECT_EQ(Read(Node(file, 2, 2)), past_end);
  EXPECT_EQ(Read(Node(-1, 0, 1)), "its data is in a lower layer");
  EXPECT_EQ(Read(Node(file + 1, 0, 0)), "its data is in a lower layer");
  EXPECT_EQ(Read(Node(store_.AddText("text"), 2, 3)),
            "\"\": 3 bytes at 2 are past its end at 4");
  const std::string missing = root_ + "/missing";
  EXPECT_EQ(
      Read(Node(store_.AddFile(missing), 0, 1)),
      absl::StrCat("cannot open \"", missing, "\": No such file or directory"));
  const std::string fifo = root_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(Read(Node(store_.AddFile(fifo), 0, 1)),
            absl::StrCat("cannot read \"", fifo,
                         "\": expected a regular file, got a FIFO"));
}

TEST_F(DataStoreTest, SaysThatAFileBecameShorter) {
  const std::string path = File("f", Bytes(1000000));
  const FileNode node = Node(store_.AddFile(path), 0, 1000000);
  EXPECT_THAT(store_.Mode(node), IsOkAndHolds(0644));
  std::filesystem::resize_file(path, 300000);
  EXPECT_EQ(Read(node), absl::StrCat("\"", path,
                                     "\" ends after 300000 bytes: expected "
                                     "1000000"));
}

}  // namespace
}  // namespace rules_dockerfile
