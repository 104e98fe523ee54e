#ifndef LIB_BASE_PROTO_READER_H_
#define LIB_BASE_PROTO_READER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Takes a varint from the front of `bytes`; nullopt if it does not end there.
// InvalidArgument if it has more than 64 bits.
absl::StatusOr<std::optional<uint64_t>> TakeVarint(absl::string_view& bytes);

// Reads the fields of a message in the wire format of Protocol Buffers
// (protobuf.dev/programming-guides/encoding), in their order. Borrows it.
class ProtoReader {
 public:
  struct Field {
    uint64_t number = 0;
    uint64_t value = 0;  // of a varint
    absl::string_view
        bytes;  // of a string, bytes or message, else without data
  };

  explicit ProtoReader(absl::string_view message) : rest_(message) {}

  // The next field that is a varint or has a length; others are skipped.
  // nullopt at the end. InvalidArgument `malformed message`.
  absl::StatusOr<std::optional<Field>> Next();

 private:
  absl::string_view rest_;
};

// Calls `visit` with each field, until it returns an error.
absl::Status ForEachField(
    absl::string_view message,
    absl::FunctionRef<absl::Status(const ProtoReader::Field&)> visit);

// Sets the strings whose field numbers are given.
absl::Status ReadStrings(absl::string_view message,
                         const std::map<uint64_t, std::string*>& fields);

// Adds the strings of fields 1 and 2, a name and a value.
absl::Status AddPair(absl::string_view message,
                     std::map<std::string, std::string>& pairs);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PROTO_READER_H_
