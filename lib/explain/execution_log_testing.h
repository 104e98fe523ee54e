#ifndef LIB_EXPLAIN_EXECUTION_LOG_TESTING_H_
#define LIB_EXPLAIN_EXECUTION_LOG_TESTING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/explain/execution_log.h"

// Writes execution logs in Bazel's compact form, from their wire format up.

namespace rules_dockerfile {

inline std::string Varint(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

inline std::string Number(int field, uint64_t value) {
  return absl::StrCat(Varint(field << 3), Varint(value));
}

inline std::string Bytes(int field, absl::string_view bytes) {
  return absl::StrCat(Varint(field << 3 | 2), Varint(bytes.size()), bytes);
}

inline std::string Pair(int field, absl::string_view name,
                        absl::string_view value) {
  return Bytes(field, Bytes(1, name) + Bytes(2, value));
}

inline std::string FileMessage(absl::string_view path,
                               absl::string_view digest) {
  return Bytes(1, path) + (digest.empty() ? "" : Bytes(2, Bytes(1, digest)));
}

// The entries of a log.
class LogWriter {
 public:
  explicit LogWriter(absl::string_view hash = "SHA-256") {
    Entry(0, 2, Bytes(1, hash));
  }
  void Entry(uint64_t id, int field, absl::string_view payload) {
    const std::string entry = Number(1, id) + Bytes(field, payload);
    text_ += Varint(entry.size()) + entry;
  }
  void Raw(absl::string_view bytes) { text_ += bytes; }
  uint64_t File(absl::string_view path, absl::string_view digest) {
    Entry(++id_, 3, FileMessage(path, digest));
    return id_;
  }
  uint64_t Set(const std::vector<uint64_t>& inputs,
               const std::vector<uint64_t>& sets = {}) {
    std::string packed;
    for (const uint64_t input : inputs) packed += Varint(input);
    std::string message = Bytes(5, packed);
    for (const uint64_t set : sets) message += Number(4, set);
    Entry(++id_, 6, message);
    return id_;
  }
  uint64_t Set(const LoggedFiles& files) {
    std::vector<uint64_t> ids;
    for (const auto& [path, digest] : files) ids.push_back(File(path, digest));
    return Set(ids);
  }
  void Spawn(const LoggedSpawn& spawn) {
    std::string message;
    for (const auto& [name, value] : spawn.environment) {
      message += Pair(2, name, value);
    }
    std::string platform;
    for (const auto& [name, value] : spawn.platform) {
      platform += Pair(1, name, value);
    }
    message += Bytes(3, platform);
    message += Number(4, Set(spawn.inputs)) + Number(5, Set(spawn.tools));
    for (const auto& [path, digest] : spawn.outputs) {
      message += digest.empty() ? Bytes(6, Bytes(4, path))
                                : Bytes(6, Number(5, File(path, digest)));
    }
    message += Bytes(7, spawn.target) + Bytes(8, spawn.mnemonic) +
               Number(9, spawn.exit_code) + Bytes(10, spawn.status) +
               Bytes(11, spawn.runner) + Number(12, spawn.cache_hit ? 1 : 0);
    Entry(0, 7, message);
  }
  std::string Log() const {
    StringSink sink;
    ABSL_CHECK_OK(Compress(text_, {.codec = Codec::kZstd}, &sink));
    return std::move(sink).contents();
  }

 private:
  std::string text_;
  uint64_t id_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_EXECUTION_LOG_TESTING_H_
