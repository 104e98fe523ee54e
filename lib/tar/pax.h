#ifndef LIB_TAR_PAX_H_
#define LIB_TAR_PAX_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The records of a PAX extended header by keyword (POSIX.1-2017, pax, "pax
// Header Block"). An empty value takes back what the ustar header says.
using PaxRecords = std::map<std::string, std::string>;

inline constexpr absl::string_view kPaxXattrPrefix = "SCHILY.xattr.";

// Parses "<length> <keyword>=<value>\n" records. InvalidArgument if one is
// malformed, or holds a NUL where a name is meant. Unimplemented for GNU sparse
// files.
absl::StatusOr<PaxRecords> ParsePaxRecords(absl::string_view text);

// The same records in their order, those of sparse files too.
using PaxRecordList = std::vector<std::pair<std::string, std::string>>;
absl::StatusOr<PaxRecordList> ParsePaxRecordList(absl::string_view text);

// One record as text.
std::string PaxRecord(absl::string_view keyword, absl::string_view value);

// A PAX time, seconds with an optional fraction: "-1.5" is {-2, 500000000}.
// Digits after the ninth are dropped.
struct PaxTime {
  int64_t seconds = 0;
  int32_t nanos = 0;

  friend bool operator==(const PaxTime&, const PaxTime&) = default;
};
absl::StatusOr<PaxTime> ParsePaxTime(absl::string_view text);

// A number that is not negative. InvalidArgument `number "-1": expected decimal
// digits`.
absl::StatusOr<int64_t> ParsePaxNumber(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_PAX_H_
