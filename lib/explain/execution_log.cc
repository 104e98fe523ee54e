#include "lib/explain/execution_log.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/proto_reader.h"
#include "lib/compression/codec.h"
#include "lib/compression/decompressor.h"
#include "lib/explain/binary_log.h"

namespace rules_dockerfile {
namespace {

using Field = ProtoReader::Field;

// The most that one entry may have: a directory with a million files fits.
constexpr uint64_t kMaxEntry = uint64_t{1} << 30;
// The log of a build with a million actions is far below.
constexpr int64_t kMaxLog = int64_t{1} << 34;

// A repeated uint32: packed, or one field for each.
absl::Status AddNumbers(const Field& field, std::vector<uint64_t>& numbers) {
  if (field.bytes.data() == nullptr) {
    numbers.push_back(field.value);
    return absl::OkStatus();
  }
  absl::string_view rest = field.bytes;
  while (!rest.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<uint64_t> number,
                          TakeVarint(rest));
    if (!number.has_value()) {
      return absl::InvalidArgumentError("malformed message");
    }
    numbers.push_back(*number);
  }
  return absl::OkStatus();
}

struct NamedFile {
  std::string path;
  std::string digest;
};

// Messages File and UnresolvedSymlink.
absl::StatusOr<NamedFile> ReadFileEntry(absl::string_view message) {
  NamedFile file;
  absl::string_view digest;
  ABSL_RETURN_IF_ERROR(ForEachField(message, [&](const Field& field) {
    if (field.number == 1) file.path = std::string(field.bytes);
    if (field.number == 2) digest = field.bytes;
    return absl::OkStatus();
  }));
  ABSL_RETURN_IF_ERROR(ReadStrings(digest, {{1, &file.digest}}));
  return file;
}

// An InputSet.
struct InputSet {
  std::vector<uint64_t> inputs;
  std::vector<uint64_t> sets;
};

// What an id may mean: files, or a set (of a RunfilesTree, too).
using Entry = std::variant<std::vector<NamedFile>, InputSet>;

class LogReader : public ByteSink {
 public:
  explicit LogReader(absl::string_view prefix) : prefix_(prefix) {}

  absl::Status Append(absl::string_view bytes) override {
    buffer_.append(bytes);
    absl::string_view rest = buffer_;
    while (true) {
      absl::string_view after = rest;
      const absl::StatusOr<std::optional<uint64_t>> length = TakeVarint(after);
      if (!length.ok()) return WithNumber(length.status());
      const std::optional<uint64_t> size = *length;
      if (size.has_value() && *size > kMaxEntry) {
        return WithNumber(absl::InvalidArgumentError("it is too long"));
      }
      if (!size.has_value() || *size > after.size()) break;
      const absl::Status read = ReadEntry(after.substr(0, *size));
      if (!read.ok()) return WithNumber(read);
      ++number_;
      rest = after.substr(*size);
    }
    buffer_.erase(0, buffer_.size() - rest.size());
    return absl::OkStatus();
  }

  absl::StatusOr<ExecutionLog> Finish() && {
    if (!buffer_.empty()) {
      return WithNumber(absl::InvalidArgumentError("it is truncated"));
    }
    return std::move(log_);
  }

 private:
  absl::Status WithNumber(const absl::Status& status) const {
    return absl::Status(
        status.code(), absl::StrCat("entry ", number_, ": ", status.message()));
  }

  // Message ExecLogEntry.
  absl::Status ReadEntry(absl::string_view message) {
    uint64_t id = 0;
    Field payload;
    ABSL_RETURN_IF_ERROR(ForEachField(message, [&](const Field& field) {
      if (field.number == 1) id = field.value;
      if (field.number >= 2 && field.number <= 10) payload = field;
      return absl::OkStatus();
    }));
    switch (payload.number) {
      case 2:
        return ReadStrings(payload.bytes, {{1, &log_.hash_function}});
      case 3:
        return AddFile(id, payload.bytes);
      case 4:
        return AddDirectory(id, payload.bytes);
      case 5:
        return AddSymlink(id, payload.bytes);
      case 6:
        return AddSet(id, payload.bytes);
      case 7:
        return AddSpawn(payload.bytes);
      case 10:
        return AddRunfiles(id, payload.bytes);
      default:
        return absl::OkStatus();
    }
  }

  absl::Status AddFile(uint64_t id, absl::string_view message) {
    ABSL_ASSIGN_OR_RETURN(NamedFile file, ReadFileEntry(message));
    entries_[id] = std::vector<NamedFile>{std::move(file)};
    return absl::OkStatus();
  }

  absl::Status AddDirectory(uint64_t id, absl::string_view message) {
    std::string path;
    std::vector<NamedFile> files;
    ABSL_RETURN_IF_ERROR(
        ForEachField(message, [&](const Field& field) -> absl::Status {
          if (field.number == 1) path = std::string(field.bytes);
          if (field.number != 2) return absl::OkStatus();
          ABSL_ASSIGN_OR_RETURN(NamedFile file, ReadFileEntry(field.bytes));
          files.push_back(std::move(file));
          return absl::OkStatus();
        }));
    for (NamedFile& file : files)
      file.path = absl::StrCat(path, "/", file.path);
    entries_[id] = std::move(files);
    return absl::OkStatus();
  }

  absl::Status AddSymlink(uint64_t id, absl::string_view message) {
    NamedFile file;
    std::string target;
    ABSL_RETURN_IF_ERROR(ReadStrings(message, {{1, &file.path}, {2, &target}}));
    file.digest = absl::StrCat("-> ", target);
    entries_[id] = std::vector<NamedFile>{std::move(file)};
    return absl::OkStatus();
  }

  absl::Status AddSet(uint64_t id, absl::string_view message) {
    InputSet set;
    ABSL_RETURN_IF_ERROR(ForEachField(message, [&](const Field& field) {
      if (field.number == 5) return AddNumbers(field, set.inputs);
      if (field.number == 4) return AddNumbers(field, set.sets);
      return absl::OkStatus();
    }));
    entries_[id] = std::move(set);
    return absl::OkStatus();
  }

  // Which artifacts there are suffices.
  absl::Status AddRunfiles(uint64_t id, absl::string_view message) {
    InputSet set;
    ABSL_RETURN_IF_ERROR(ForEachField(message, [&](const Field& field) {
      if (field.number == 2) set.sets.push_back(field.value);
      return absl::OkStatus();
    }));
    if (set.sets == std::vector<uint64_t>{0}) set.sets.clear();
    entries_[id] = std::move(set);
    return absl::OkStatus();
  }

  // All files of a set. A set that contains itself is read once.
  absl::Status Collect(uint64_t id, LoggedFiles& files) const {
    std::vector<uint64_t> left = {id};
    std::set<uint64_t> seen;
    while (!left.empty()) {
      const uint64_t next = left.back();
      left.pop_back();
      if (!seen.insert(next).second) continue;
      const auto found = entries_.find(next);
      if (found == entries_.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("no entry with id ", next, " before it"));
      }
      if (const auto* named =
              std::get_if<std::vector<NamedFile>>(&found->second)) {
        for (const NamedFile& file : *named) files[file.path] = file.digest;
        continue;
      }
      const InputSet& set = std::get<InputSet>(found->second);
      left.insert(left.end(), set.inputs.begin(), set.inputs.end());
      left.insert(left.end(), set.sets.begin(), set.sets.end());
    }
    return absl::OkStatus();
  }

  absl::Status AddOutput(absl::string_view message, LoggedFiles& files) const {
    return ForEachField(message, [&](const Field& field) {
      if (field.number == 4) files[std::string(field.bytes)] = "";
      return field.number == 5 ? Collect(field.value, files) : absl::OkStatus();
    });
  }

  // Message Spawn.
  absl::Status AddSpawn(absl::string_view message) {
    LoggedSpawn spawn;
    uint64_t input_set = 0;
    uint64_t tool_set = 0;
    ABSL_RETURN_IF_ERROR(
        ForEachField(message, [&](const Field& field) -> absl::Status {
          switch (field.number) {
            case 2:
              return AddPair(field.bytes, spawn.environment);
            case 3:  // Platform { repeated Property properties = 1; }
              return ForEachField(field.bytes, [&](const Field& property) {
                return property.number == 1
                           ? AddPair(property.bytes, spawn.platform)
                           : absl::OkStatus();
              });
            case 4:
              input_set = field.value;
              break;
            case 5:
              tool_set = field.value;
              break;
            case 6:
              return AddOutput(field.bytes, spawn.outputs);
            case 7:
              spawn.target = std::string(field.bytes);
              break;
            case 8:
              spawn.mnemonic = std::string(field.bytes);
              break;
            case 9:
              spawn.exit_code = static_cast<int>(field.value);
              break;
            case 10:
              spawn.status = std::string(field.bytes);
              break;
            case 11:
              spawn.runner = std::string(field.bytes);
              break;
            case 12:
              spawn.cache_hit = field.value != 0;
              break;
            default:
              break;
          }
          return absl::OkStatus();
        }));
    return AddSpawn(std::move(spawn), input_set, tool_set);
  }

  absl::Status AddSpawn(LoggedSpawn spawn, uint64_t input_set,
                        uint64_t tool_set) {
    if (!spawn.mnemonic.starts_with(prefix_)) {
      for (const auto& [path, digest] : spawn.outputs) {
        log_.producers[path] = spawn.target;
      }
      return absl::OkStatus();
    }
    if (input_set != 0) {
      ABSL_RETURN_IF_ERROR(Collect(input_set, spawn.inputs));
    }
    if (tool_set != 0) {
      ABSL_RETURN_IF_ERROR(Collect(tool_set, spawn.tools));
    }
    log_.spawns.push_back(std::move(spawn));
    return absl::OkStatus();
  }

  const absl::string_view prefix_;
  std::string buffer_;
  size_t number_ = 1;
  std::unordered_map<uint64_t, Entry> entries_;
  ExecutionLog log_;
};

}  // namespace

absl::StatusOr<ExecutionLog> ReadExecutionLog(absl::string_view file,
                                              absl::string_view prefix) {
  if (DetectCodec(file) != Codec::kZstd) return ReadBinaryLog(file, prefix);
  LogReader reader(prefix);
  ABSL_RETURN_IF_ERROR(Decompress(file, &reader, {.max_size = kMaxLog}));
  return std::move(reader).Finish();
}

}  // namespace rules_dockerfile
