// Compresses the file that DATA names, or 32 MiB of text that repeats somewhat.

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/log/absl_check.h"
#include "benchmark/benchmark.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/compression/decompressor.h"

namespace rules_dockerfile {
namespace {

std::string MakeText() {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < 32 << 20) {
    if (text.size() > 30000 && random() % 4 != 0) {
      text += text.substr(text.size() - 100 - random() % 29000, random() % 40);
    } else {
      text.push_back(static_cast<char>(' ' + random() % 90));
    }
  }
  return text;
}

const std::string& Data() {
  static const std::string* const data = [] {
    const char* path = std::getenv("DATA");
    return new std::string(path != nullptr ? *ReadFile(path) : MakeText());
  }();
  return *data;
}

void Run(benchmark::State& state, Codec codec) {
  const CompressOptions options = {.codec = codec,
                                   .level = static_cast<int>(state.range(0)),
                                   .threads = static_cast<int>(state.range(1))};
  size_t size = 0;
  for (auto _ : state) {
    StringSink sink;
    ABSL_CHECK_OK(Compress(Data(), options, &sink));
    size = sink.contents().size();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(Data().size()));
  state.counters["ratio"] =
      static_cast<double>(size) / static_cast<double>(Data().size());
}

void Gzip(benchmark::State& state) { Run(state, Codec::kGzip); }
BENCHMARK(Gzip)
    ->ArgNames({"level", "threads"})
    ->Args({1, 1})
    ->Args({6, 1})
    ->Args({6, 2})
    ->Args({9, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void Zstd(benchmark::State& state) { Run(state, Codec::kZstd); }
BENCHMARK(Zstd)
    ->ArgNames({"level", "threads"})
    ->Args({3, 1})
    ->Args({3, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void Gunzip(benchmark::State& state) {
  StringSink compressed;
  ABSL_CHECK_OK(Compress(Data(), {}, &compressed));
  for (auto _ : state) {
    ABSL_CHECK_OK(DecompressToString(compressed.contents()));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(Data().size()));
}
BENCHMARK(Gunzip)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rules_dockerfile
