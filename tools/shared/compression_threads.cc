#include "tools/shared/compression_threads.h"

#include <algorithm>
#include <thread>

namespace rules_dockerfile {
namespace {

constexpr unsigned int kMaxThreads = 4;

}  // namespace

int CompressionThreads() {
  return static_cast<int>(
      std::clamp(std::thread::hardware_concurrency(), 1u, kMaxThreads));
}

}  // namespace rules_dockerfile
