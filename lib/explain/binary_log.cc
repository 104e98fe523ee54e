#include "lib/explain/binary_log.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/proto_reader.h"
#include "lib/explain/execution_log.h"

namespace rules_dockerfile {
namespace {

using Field = ProtoReader::Field;

struct SpawnFile {
  std::string path;
  std::string digest;
  std::string hash_function;
  bool is_tool = false;
};

// Message File.
absl::StatusOr<SpawnFile> ReadSpawnFile(absl::string_view message) {
  SpawnFile file;
  absl::string_view digest;
  ABSL_RETURN_IF_ERROR(ForEachField(message, [&](const Field& field) {
    if (field.number == 1) file.path = std::string(field.bytes);
    if (field.number == 2) digest = field.bytes;
    if (field.number == 3) file.is_tool = field.value != 0;
    if (field.number == 4) file.digest = absl::StrCat("-> ", field.bytes);
    return absl::OkStatus();
  }));
  ABSL_RETURN_IF_ERROR(
      ReadStrings(digest, {{1, &file.digest}, {3, &file.hash_function}}));
  return file;
}

class BinaryLogReader {
 public:
  explicit BinaryLogReader(absl::string_view prefix) : prefix_(prefix) {}

  // Message SpawnExec.
  absl::Status AddSpawn(absl::string_view message) {
    LoggedSpawn spawn;
    ABSL_RETURN_IF_ERROR(ForEachField(
        message, [&](const Field& field) { return AddField(field, spawn); }));
    if (spawn.mnemonic.starts_with(prefix_)) {
      log_.spawns.push_back(std::move(spawn));
      return absl::OkStatus();
    }
    for (const auto& [path, digest] : spawn.outputs) {
      log_.producers[path] = spawn.target;
    }
    return absl::OkStatus();
  }

  ExecutionLog Log() && { return std::move(log_); }

 private:
  absl::Status AddField(const Field& field, LoggedSpawn& spawn) {
    switch (field.number) {
      case 2:
        return AddPair(field.bytes, spawn.environment);
      case 3:  // Platform { repeated Property properties = 1; }
        return ForEachField(field.bytes, [&](const Field& property) {
          return property.number == 1 ? AddPair(property.bytes, spawn.platform)
                                      : absl::OkStatus();
        });
      case 4:
        return AddInput(field.bytes, spawn);
      case 5:
        spawn.outputs.try_emplace(std::string(field.bytes));
        break;
      case 10:
        spawn.mnemonic = std::string(field.bytes);
        break;
      case 11:
        return AddOutput(field.bytes, spawn);
      case 12:
        spawn.runner = std::string(field.bytes);
        break;
      case 13:
        spawn.cache_hit = field.value != 0;
        break;
      case 14:
        spawn.status = std::string(field.bytes);
        break;
      case 15:
        spawn.exit_code = static_cast<int>(field.value);
        break;
      case 18:
        spawn.target = std::string(field.bytes);
        break;
      default:
        break;
    }
    return absl::OkStatus();
  }

  absl::Status AddInput(absl::string_view message, LoggedSpawn& spawn) {
    ABSL_ASSIGN_OR_RETURN(const SpawnFile file, ReadSpawnFile(message));
    if (file.is_tool) spawn.tools[file.path] = file.digest;
    spawn.inputs[file.path] = file.digest;
    if (!file.hash_function.empty()) log_.hash_function = file.hash_function;
    return absl::OkStatus();
  }

  static absl::Status AddOutput(absl::string_view message, LoggedSpawn& spawn) {
    ABSL_ASSIGN_OR_RETURN(const SpawnFile file, ReadSpawnFile(message));
    spawn.outputs[file.path] = file.digest;
    return absl::OkStatus();
  }

  const absl::string_view prefix_;
  ExecutionLog log_;
};

absl::Status WithNumber(size_t number, absl::string_view problem) {
  if (number > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry ", number, ": ", problem));
  }
  return absl::InvalidArgumentError(
      "expected a compact or binary execution log\nhint: Bazel writes one with "
      "--execution_log_compact_file");
}

}  // namespace

absl::StatusOr<ExecutionLog> ReadBinaryLog(absl::string_view file,
                                           absl::string_view prefix) {
  BinaryLogReader reader(prefix);
  for (size_t number = 1; !file.empty(); ++number) {
    const absl::StatusOr<std::optional<uint64_t>> size = TakeVarint(file);
    if (!size.ok()) return WithNumber(number, size.status().message());
    if (!size->has_value() || **size > file.size()) {
      return WithNumber(number, "it is truncated");
    }
    const absl::Status added = reader.AddSpawn(file.substr(0, **size));
    if (!added.ok()) return WithNumber(number, added.message());
    file.remove_prefix(**size);
  }
  return std::move(reader).Log();
}

}  // namespace rules_dockerfile
