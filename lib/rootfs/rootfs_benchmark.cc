// The way of a base's layer through a RUN: index, tree, disk, and back. The
// layer has 5000 files in 500 directories, 64 MiB in all, as a distribution's
// root file system has; or it is the tar that LAYER_TAR names.

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/tree_diff.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

class NullSink : public ByteSink {
 public:
  absl::Status Append(absl::string_view) override { return absl::OkStatus(); }
};

std::string MakeTar() {
  std::mt19937 random(1);
  StringSink sink;
  TarWriter writer(&sink);
  for (int i = 0; i < 500; ++i) {
    const std::string directory = absl::StrCat("usr/share/package", i);
    ABSL_CHECK_OK(writer.Begin(
        {.path = directory, .type = TarEntryType::kDirectory, .mode = 0755}));
    for (int j = 0; j < 10; ++j) {
      // Most files are small, few large: 13 KiB on average.
      std::string data(1 << (random() % 17), '\0');
      for (char& byte : data) byte = static_cast<char>(random());
      ABSL_CHECK_OK(writer.Add({.path = absl::StrCat(directory, "/file", j),
                                .mode = 0644,
                                .size = static_cast<int64_t>(data.size())},
                               data));
    }
  }
  ABSL_CHECK_OK(writer.Finish());
  return sink.contents();
}

const std::string& Tar() {
  static const std::string* const tar = [] {
    const char* path = std::getenv("LAYER_TAR");
    return new std::string(path != nullptr ? *ReadFile(path) : MakeTar());
  }();
  return *tar;
}

FileTree Tree() {
  FileTree tree;
  ABSL_CHECK_OK(tree.AddLayer(*IndexLayer(Tar()), 0));
  return tree;
}

// A new directory, on a tmpfs if /dev/shm is one; removed with all it holds.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    const char* parent = std::getenv("SCRATCH");
    path_ = absl::StrCat(parent != nullptr ? parent : "/dev/shm",
                         "/rootfs_benchmark.XXXXXX");
    ABSL_CHECK(mkdtemp(path_.data()) != nullptr);
    fd_ = open(path_.c_str(), O_RDONLY | O_DIRECTORY);
  }
  ~ScratchDirectory() {
    close(fd_);
    std::filesystem::remove_all(path_);
  }
  int fd() const { return fd_; }

 private:
  std::string path_;
  int fd_;
};

void Count(benchmark::State& state) {
  const double nodes = static_cast<double>(Tree().nodes().size());
  state.counters["per_node"] =
      benchmark::Counter(nodes, benchmark::Counter::kIsIterationInvariantRate |
                                    benchmark::Counter::kInvert);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(Tar().size()));
}

void IndexLayerTar(benchmark::State& state) {
  Tar();
  for (auto _ : state) ABSL_CHECK_OK(IndexLayer(Tar()));
  Count(state);
}
BENCHMARK(IndexLayerTar)->Unit(benchmark::kMillisecond);

void IndexTextAndBack(benchmark::State& state) {
  const LayerIndex index = *IndexLayer(Tar());
  for (auto _ : state) ABSL_CHECK_OK(ParseLayerIndex(LayerIndexToText(index)));
  Count(state);
}
BENCHMARK(IndexTextAndBack)->Unit(benchmark::kMillisecond);

void AddLayer(benchmark::State& state) {
  const LayerIndex index = *IndexLayer(Tar());
  for (auto _ : state) {
    FileTree tree;
    ABSL_CHECK_OK(tree.AddLayer(index, 0));
  }
  Count(state);
}
BENCHMARK(AddLayer)->Unit(benchmark::kMillisecond);

void Extract(benchmark::State& state) {
  const FileTree tree = Tree();
  for (auto _ : state) {
    state.PauseTiming();
    {
      const ScratchDirectory directory;
      state.ResumeTiming();
      ABSL_CHECK_OK(
          ExtractTree(tree, {Tar()}, OwnerStore::kRecorded, directory.fd()));
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  Count(state);
}
BENCHMARK(Extract)->Unit(benchmark::kMillisecond);

void Capture(benchmark::State& state) {
  const ScratchDirectory directory;
  ABSL_CHECK_OK(
      ExtractTree(Tree(), {Tar()}, OwnerStore::kRecorded, directory.fd()));
  for (auto _ : state) {
    ABSL_CHECK_OK(
        CaptureDirectory(directory.fd(), {.owners = OwnerStore::kRecorded}));
  }
  Count(state);
}
BENCHMARK(Capture)->Unit(benchmark::kMillisecond);

void Changeset(benchmark::State& state) {
  const FileTree tree = Tree();
  const FileDataReader read = ReadFromLayers({Tar()});
  for (auto _ : state) {
    NullSink sink;
    ABSL_CHECK_OK(WriteChangeset(FileTree(), tree, read, {}, &sink));
  }
  Count(state);
}
BENCHMARK(Changeset)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rules_dockerfile
