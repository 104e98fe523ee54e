#include "lib/explain/input_changes.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/proxy_values.h"

namespace rules_dockerfile {
namespace {

// How much of a digest is shown.
constexpr size_t kShortDigest = 12;
constexpr absl::string_view kGenerated = "bazel-out/";

using StringMap = std::map<std::string, std::string>;

bool IsGenerated(absl::string_view path) {
  return absl::StartsWith(path, kGenerated);
}

bool IsParams(absl::string_view path) {
  return IsGenerated(path) && absl::EndsWith(path, ".params");
}

// Whether an input only says what to do with others.
bool IsText(absl::string_view path) {
  return IsParams(path) ||
         (IsGenerated(path) && absl::EndsWith(path, ".instruction"));
}

std::string ShortDigest(absl::string_view digest) {
  if (digest.empty()) return "empty";
  if (absl::StartsWith(digest, "-> ")) return std::string(digest);
  return std::string(digest.substr(0, kShortDigest));
}

// The flags that name no file, by what is before their value.
StringMap PlainFlags(const StepRecord& record) {
  StringMap flags;
  for (const std::string& flag : record.flags) {
    const size_t equals = flag.rfind('=');
    if (equals == std::string::npos) {
      flags[flag] = "";
      continue;
    }
    const std::string value = flag.substr(equals + 1);
    if (IsGenerated(value) || record.inputs.contains(value)) continue;
    const std::string key = flag.substr(0, equals);
    std::string& all = flags[key];
    absl::StrAppend(&all, all.empty() ? "" : ", ", value);
  }
  return flags;
}

std::string FlagName(absl::string_view key) {
  if (absl::ConsumePrefix(&key, "--build_arg=") ||
      absl::ConsumePrefix(&key, "--global_arg=")) {
    return absl::StrCat("build argument ", key);
  }
  return absl::StrCat("flag ", key);
}

std::string ValueText(const StringMap& map, const std::string& key) {
  const auto found = map.find(key);
  if (found == map.end()) return "none";
  return found->second.empty() ? "\"\"" : found->second;
}

// Calls `add` with each key whose value differs, and " (1 → 2)"; with "" for
// the values of a proxy.
template <typename Add>
void ForEachDifference(const StringMap& before, const StringMap& after,
                       const Add& add) {
  StringMap all = before;
  all.insert(after.begin(), after.end());
  for (const auto& [key, value] : all) {
    const std::string from = ValueText(before, key);
    const std::string to = ValueText(after, key);
    if (from == to) continue;
    add(key, IsProxy(key) ? "" : absl::StrCat(" (", from, " → ", to, ")"));
  }
}

// How users know the file: below bin/ of its configuration, or as what
// Dockerfile.lock pins for a RUN (rules/private/network/network_lock_repo.bzl).
std::string InputName(absl::string_view path) {
  constexpr absl::string_view kLocked = "_lock/blobs/";
  if (const size_t at = path.find(kLocked);
      absl::StartsWith(path, "external/") && at != path.npos) {
    return absl::StrCat("locked download ",
                        ShortDigest(path.substr(at + kLocked.size())));
  }
  const size_t bin = path.find("/bin/");
  return std::string(
      IsGenerated(path) && bin != path.npos ? path.substr(bin + 5) : path);
}

}  // namespace

std::vector<InputChange> InputChanges(const StepRecord& before,
                                      const StepRecord& after) {
  std::vector<InputChange> changes;
  LoggedFiles all = before.inputs;
  all.insert(after.inputs.begin(), after.inputs.end());
  for (const auto& [path, digest] : all) {
    if (IsText(path) || after.tools.contains(path) ||
        before.tools.contains(path)) {
      continue;
    }
    const auto old_file = before.inputs.find(path);
    const auto new_file = after.inputs.find(path);
    if (old_file == before.inputs.end()) {
      changes.push_back({.path = path,
                         .kind = InputChange::Kind::kAdded,
                         .before = "",
                         .after = new_file->second});
    } else if (new_file == after.inputs.end()) {
      changes.push_back({.path = path,
                         .kind = InputChange::Kind::kRemoved,
                         .before = old_file->second,
                         .after = ""});
    } else if (old_file->second != new_file->second) {
      changes.push_back({.path = path,
                         .kind = InputChange::Kind::kChanged,
                         .before = old_file->second,
                         .after = new_file->second});
    }
  }
  return changes;
}

std::string DescribeInput(const InputChange& change, const ExecutionLog& log) {
  std::string text = InputName(change.path);
  const auto producer = log.producers.find(change.path);
  if (producer != log.producers.end()) {
    absl::StrAppend(&text, ", which ", producer->second, " built,");
  }
  switch (change.kind) {
    case InputChange::Kind::kAdded:
      return absl::StrCat(text, " was added");
    case InputChange::Kind::kRemoved:
      return absl::StrCat(text, " was removed");
    case InputChange::Kind::kChanged:
      break;
  }
  const std::string hash = absl::StrReplaceAll(
      absl::AsciiStrToLower(log.hash_function), {{"-", ""}});
  return absl::StrCat(text, " changed (", hash, hash.empty() ? "" : " ",
                      ShortDigest(change.before), " → ",
                      ShortDigest(change.after), ")");
}

std::vector<std::string> OtherChanges(const StepRecord& before,
                                      const StepRecord& after) {
  std::vector<std::string> changes;
  if (!before.flags.empty() && !after.flags.empty()) {
    ForEachDifference(
        PlainFlags(before), PlainFlags(after),
        [&](const std::string& key, const std::string& values) {
          changes.push_back(absl::StrCat(FlagName(key), " changed", values));
        });
  }
  ForEachDifference(
      before.tools, after.tools,
      [&](const std::string& path, const std::string&) {
        changes.push_back(absl::StrCat("the tool ", path, " changed"));
      });
  ForEachDifference(
      before.environment, after.environment,
      [&](const std::string& name, const std::string& values) {
        changes.push_back(absl::StrCat(
            "the environment of the action changed: ", name, values));
      });
  ForEachDifference(before.platform, after.platform,
                    [&](const std::string& name, const std::string& values) {
                      changes.push_back(absl::StrCat(
                          "the execution properties changed: ", name, values));
                    });
  return changes;
}

bool ParamsChanged(const StepRecord& before, const StepRecord& after) {
  const auto digests = [](const StepRecord& record) {
    std::vector<std::string> digests;
    for (const auto& [path, digest] : record.inputs) {
      if (IsParams(path)) digests.push_back(digest);
    }
    return digests;
  };
  return digests(before) != digests(after);
}

}  // namespace rules_dockerfile
