#include "tools/layer_run/kept_layers.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/param_file.h"
#include "lib/digest/digest.h"
#include "lib/run/host_layer_store.h"
#include "lib/run/kept_trees.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer.h"
#include "lib/run/run_memory.h"
#include "lib/run/stack_part.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(int64_t, layer_store, -1,
          "the memory limit, in MiB, of the extracted layers that a worker "
          "keeps for later runs; 0: keep none; -1: an eighth of the memory");

namespace rules_dockerfile {
namespace {

constexpr int64_t kMostMebibytes = std::numeric_limits<int64_t>::max() >> 20;

struct Kept {
  std::optional<LayerStore> store;
  int64_t default_limit = 0;  // of the store
  int64_t run_memory = 0;     // the default limit of a RUN
  KeptTrees trees;
  FileDigests digests;
};

// In the process of a request a copy of the worker's.
Kept& ThisKept() {
  static absl::NoDestructor<Kept> kept;
  return *kept;
}

// What each request would do. Without a store each RUN extracts its layers.
void Prepare() {
  Kept& kept = ThisKept();
  absl::StatusOr<LayerStore> store = CreateHostLayerStore();
  if (store.ok()) kept.store.emplace(*std::move(store));
  kept.default_limit = DefaultLayerStoreLimit();
  kept.run_memory = DefaultRunMemory();
  // The library makes its tables at its first use.
  DigestOf("");
}

// Reads what the next request would read: the layers below one that succeeded.
void KeepTrees(const WorkRequest& request) {
  if (!ThisKept().store.has_value() || !request.sandbox_dir.empty()) return;
  std::vector<std::string> indexes;
  std::vector<std::string> digests;
  for (const std::string& line : request.arguments) {
    if (line == "--layer_store=0") return;
    const std::string argument = ArgumentOfLine(line);
    absl::string_view index = argument;
    if (!absl::ConsumePrefix(&index, "--index=")) continue;
    const auto digest = request.digests.find(std::string(index));
    if (digest == request.digests.end()) return;
    indexes.emplace_back(index);
    digests.push_back(digest->second);
  }
  ThisKept().trees.Keep(indexes, digests);
}

}  // namespace

WorkerPart KeepLayers() {
  return {.start = Prepare,
          .request =
              [](std::map<std::string, std::string> digests) {
                ThisKept().digests = std::move(digests);
              },
          .succeeded = KeepTrees};
}

void UseKeptLayers(RunLayerOptions& options) {
  const int64_t limit = absl::GetFlag(FLAGS_layer_store);
  Kept& kept = ThisKept();
  if (options.limits.memory <= 0) options.limits.memory = kept.run_memory;
  if (!kept.store.has_value()) return;
  if (limit == 0) return kept.store->Trim(0);
  options.store = &*kept.store;
  options.store_limit =
      limit < 0 ? kept.default_limit : std::min(limit, kMostMebibytes) << 20;
  options.digests = std::move(kept.digests);
  options.trees = &kept.trees;
}

}  // namespace rules_dockerfile
