#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/digest/digest.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/http/curl_transport.h"
#include "lib/http/download.h"
#include "lib/network/network_lock.h"
#include "lib/network/url_credentials.h"
#include "lib/plan/copy_plan.h"
#include "lib/plan/read_instruction.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, instruction, "", "text of an ADD");
ABSL_FLAG(std::string, state, "", "build state before the instruction");
ABSL_FLAG(std::string, stage, "", "name or number of the stage of the ADD");
ABSL_FLAG(std::string, platform, "", "platform of the image");
ABSL_FLAG(std::string, directory_out, "",
          "directory to write files to, named by their SHA-256");
ABSL_FLAG(std::string, lock_out, "", "lock file of these files to write");

namespace rules_dockerfile {
namespace {

// The second of a Last-Modified (RFC 9110, section 8.8.2); 0 for none.
int64_t ModificationTime(absl::string_view header) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", header, &time, &error)) {
    return 0;
  }
  return absl::ToUnixSeconds(time);
}

absl::StatusOr<LockedFile> Fetch(const std::string& url,
                                 const std::string& directory) {
  if (HasCredentials(url)) {
    return absl::FailedPreconditionError(
        absl::StrCat(WithoutCredentials(url),
                     ": refusing to record a URL with embedded credentials"));
  }
  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  StringSink bytes;
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        Download(*transport, url, &bytes));
  LockedFile file = {
      .url = url,
      .sha256 = std::string(DigestHex(DigestOf(bytes.contents()))),
      .size = static_cast<int64_t>(bytes.contents().size()),
      .modified = ModificationTime(response.Header("last-modified"))};
  ABSL_RETURN_IF_ERROR(
      WriteFile(absl::StrCat(directory, "/", file.sha256), bytes.contents()));
  return file;
}

absl::StatusOr<CopyPlan> ReadPlan() {
  ABSL_ASSIGN_OR_RETURN(const std::string instruction,
                        RequiredFlag(FLAGS_instruction));
  ABSL_ASSIGN_OR_RETURN(const std::string state, RequiredFlag(FLAGS_state));
  ABSL_ASSIGN_OR_RETURN(const InstructionInput input,
                        ReadInstruction(instruction, state));
  return PlanCopy(input.text, input.state);
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const CopyPlan plan, ReadPlan());
  ABSL_ASSIGN_OR_RETURN(const std::string stage, RequiredFlag(FLAGS_stage));
  ABSL_ASSIGN_OR_RETURN(const std::string platform,
                        RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        RequiredFlag(FLAGS_directory_out));
  ABSL_ASSIGN_OR_RETURN(const std::string lock_out,
                        RequiredFlag(FLAGS_lock_out));
  NetworkLock lock;
  for (const std::string& source : plan.sources) {
    if (KindOfSource(source) == SourceKind::kGit) {
      return absl::UnimplementedError(
          absl::StrCat(WithoutCredentials(source),
                       ": git references cannot be locked: provide a tar of "
                       "the files with remote_files"));
    }
    if (KindOfSource(source) != SourceKind::kUrl) continue;
    ABSL_ASSIGN_OR_RETURN(LockedFile file, Fetch(source, directory));
    file.stage = stage;
    file.platform = platform;
    lock.files.push_back(std::move(file));
  }
  return WriteFile(lock_out, NetworkLockToText(lock));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "remote_file_record", "Fetches the sources of an ADD, and locks them.",
      argc, argv, rules_dockerfile::Run);
}
