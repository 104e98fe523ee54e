#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/base/tool.h"
#include "lib/run/network_service.h"
#include "lib/run/run_layer.h"
#include "lib/worker/action_tool.h"
#include "tools/layer_record/curl_fetcher.h"
#include "tools/layer_run/kept_layers.h"
#include "tools/layer_run/run_flags.h"

ABSL_FLAG(std::string, stage, "", "name or number of the stage of the RUN");
ABSL_FLAG(std::string, platform, "", "platform of the image");
ABSL_FLAG(std::string, lock_out, "", "lock file to write");

namespace rules_dockerfile {
namespace {

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(RunLayerOptions options, ReadRunFlags());
  RecordOptions record;
  record.instruction = options.instruction;
  record.fetch = FetchWithCurl;
  ABSL_ASSIGN_OR_RETURN(record.stage, RequiredFlag(FLAGS_stage));
  ABSL_ASSIGN_OR_RETURN(record.platform, RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(record.lock_out, RequiredFlag(FLAGS_lock_out));
  ABSL_ASSIGN_OR_RETURN(record.mirrors, ReadMirrorFlags());
  ABSL_ASSIGN_OR_RETURN(options.proxy, MakeRecordService(std::move(record)));
  return PrintNotes(MakeRunLayer(options));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_record",
      "Creates the layer of a RUN with the network, and locks what it "
      "fetches.",
      argc, argv, rules_dockerfile::Run, rules_dockerfile::KeepLayers());
}
