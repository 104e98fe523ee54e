#include "tools/layer_run/kept_layers.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/no_destructor.h"
#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "lib/run/host_layer_store.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer.h"
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
  FileDigests digests;
};

// In the process of a request a copy of the worker's.
Kept& ThisKept() {
  static absl::NoDestructor<Kept> kept;
  return *kept;
}

// Without a store each RUN extracts its layers.
void CreateStore() {
  absl::StatusOr<LayerStore> store = CreateHostLayerStore();
  if (store.ok()) ThisKept().store.emplace(*std::move(store));
}

}  // namespace

WorkerPart KeepLayers() {
  return {.start = CreateStore,
          .request = [](std::map<std::string, std::string> digests) {
            ThisKept().digests = std::move(digests);
          }};
}

void UseKeptLayers(RunLayerOptions& options) {
  const int64_t limit = absl::GetFlag(FLAGS_layer_store);
  Kept& kept = ThisKept();
  if (!kept.store.has_value()) return;
  if (limit == 0) return kept.store->Trim(0);
  options.store = &*kept.store;
  options.store_limit = limit < 0 ? DefaultLayerStoreLimit()
                                  : std::min(limit, kMostMebibytes) << 20;
  options.digests = std::move(kept.digests);
}

}  // namespace rules_dockerfile
