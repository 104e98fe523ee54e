#ifndef LIB_RUN_RUN_LAYER_TESTING_H_
#define LIB_RUN_RUN_LAYER_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// A RUN on a small base layer, whose files are all of second 1000, in its own
// directory. The command is the probe (lib/sandbox/testing/probe.cc).
class TestRun {
 public:
  static constexpr int64_t kEpoch = 5000;

  TestRun();

  // Uses a base with only the probe.
  void UseBareBase();

  // Adds that many layers above the base, which create and delete a file by
  // turns.
  void AddLayers(int number);

  // Adds a layer with a symlink above the base.
  void AddLink(const char* path, const char* target);

  // The stage's WORKDIR and USER.
  void SetStage(absl::string_view workdir, absl::string_view user = "");

  // The platform of the stage, whose WORKDIR is "/"; at first "linux/amd64".
  void SetPlatform(absl::string_view platform);

  // Runs the probe's commands, or the instruction text that begins with RUN.
  absl::Status Run(std::optional<SandboxMode> mode, absl::string_view commands);

  // Adds the layer of the last Run() below the next.
  void Keep();

  // Keeps the layers below in `store` from now on.
  void Use(const LayerStore* store, int64_t limit = int64_t{1} << 30);

  // What `RUN <flags> <probe's commands>` prints; its error if it fails.
  std::string Output(absl::string_view flags, absl::string_view commands,
                     std::optional<SandboxMode> mode = std::nullopt);

  // The entries of the layer that the last Run() made, and what its index has
  // beside them (with a "+"), short.
  std::string Entries() const;

  // A file of the directory: base.tar, base.index, state, layer.tar,
  // layer.index, step, and what the test adds.
  std::string Path(const char* name) const;
  void Write(const char* name, absl::string_view text) const;

  RunLayerOptions options = {.epoch = kEpoch};  // besides what Run() sets
  std::vector<std::string> notes;               // of the last Run()

 private:
  std::string directory_;
  std::string platform_ = "linux/amd64";
  int added_layers_ = 0;
  int kept_layers_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_LAYER_TESTING_H_
