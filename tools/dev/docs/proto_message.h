#ifndef TOOLS_DEV_DOCS_PROTO_MESSAGE_H_
#define TOOLS_DEV_DOCS_PROTO_MESSAGE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A message in the binary format of protocol buffers, read without its schema:
// fields have numbers. It points into the bytes that it was parsed from.
class ProtoMessage {
 public:
  // InvalidArgument `expected a protocol buffer, got other data at byte 3` for
  // what is cut off, and for groups and fixed-size numbers, which the messages
  // of starlark_doc_extract do not have.
  static absl::StatusOr<ProtoMessage> Parse(absl::string_view bytes);

  // Returns the last string or message of a field; "" if there is none.
  absl::string_view Bytes(int field) const;

  // Returns the last number of a field, 0 if there is none.
  uint64_t Number(int field) const;

  // Returns the strings or messages of a repeated field in order.
  std::vector<absl::string_view> Repeated(int field) const;

 private:
  struct Field {
    uint64_t field;
    uint64_t number;
    absl::string_view bytes;
  };

  std::vector<Field> fields_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_DOCS_PROTO_MESSAGE_H_
