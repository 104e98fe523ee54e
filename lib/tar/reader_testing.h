#ifndef LIB_TAR_READER_TESTING_H_
#define LIB_TAR_READER_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// One line per member: `path type mode uid:gid mtime [-> target] [data]`.
absl::StatusOr<std::string> DumpTar(absl::string_view archive);

// A member by hand: a header block with what matters, and data.
struct RawMember {
  std::string name;
  char typeflag = '0';
  std::string size = "0";  // the field's bytes
  std::string data;
  std::string uid = "0";
  std::string mtime = "0";
  std::string link;
};

std::string Raw(const RawMember& member);

// A PAX header of the type with the records as data.
std::string Pax(const std::string& records, char typeflag = 'x');

// The number in a binary field of that size.
std::string Base256(size_t size, int64_t number);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_READER_TESTING_H_
