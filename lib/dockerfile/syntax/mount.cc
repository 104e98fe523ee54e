#include "lib/dockerfile/syntax/mount.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/clean_path.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/values/byte_size.h"
#include "lib/dockerfile/values/csv.h"
#include "lib/dockerfile/values/suggest.h"

namespace rules_dockerfile {
namespace {

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

struct Field {
  std::string text;
  std::string key;  // lower-cased
  std::optional<std::string> value;
};

absl::StatusOr<std::vector<Field>> FieldsOf(absl::string_view value) {
  const absl::StatusOr<std::vector<std::string>> record = ParseCsvRecord(value);
  if (!record.ok()) {
    return Invalid("failed to parse csv mounts: ", record.status().message());
  }
  std::vector<Field> fields;
  for (const std::string& text : *record) {
    const size_t equals = text.find('=');
    Field field = {.text = text,
                   .key = absl::AsciiStrToLower(text.substr(0, equals))};
    if (equals != std::string::npos) field.value = text.substr(equals + 1);
    fields.push_back(std::move(field));
  }
  return fields;
}

// Returns the value if it is one of the options.
absl::StatusOr<std::string> OneOf(absl::string_view value,
                                  const std::vector<std::string>& options,
                                  absl::string_view message) {
  if (absl::c_linear_search(options, value)) return std::string(value);
  return Invalid(message, " ", GoQuote(value),
                 DidYouMean(value, options, /*case_sensitive=*/true));
}

// Go's strconv.ParseBool.
absl::StatusOr<bool> Bool(const Field& field, absl::string_view value) {
  for (const absl::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (value == yes) return true;
  }
  for (const absl::string_view no :
       {"0", "f", "F", "FALSE", "false", "False"}) {
    if (value == no) return false;
  }
  return Invalid("invalid value for ", field.key, ": ", value);
}

absl::StatusOr<uint32_t> Number(const Field& field, absl::string_view value,
                                uint32_t base) {
  const absl::Status invalid =
      Invalid("invalid value ", value, " for ", field.key);
  if (value.empty()) return invalid;
  uint64_t number = 0;
  for (char c : value) {
    const auto digit = static_cast<uint32_t>(c - '0');
    if (digit >= base) return invalid;
    number = number * base + digit;
    if (number > std::numeric_limits<uint32_t>::max()) return invalid;
  }
  return static_cast<uint32_t>(number);
}

// Reads the fields in order into a mount.
class MountParser {
 public:
  absl::Status Add(const Field& field, const WordExpander& expand) {
    if (!field.value) return AddBare(field);
    if (field.key == "from") {
      mount_.from = *field.value;
      return absl::OkStatus();
    }
    ABSL_ASSIGN_OR_RETURN(const std::string value, expand(*field.value));
    return AddValue(field, value);
  }

  absl::StatusOr<Mount> Finish() {
    const std::string& type = mount_.type;
    if (type != "secret" && type != "ssh" && type != "cache") {
      const absl::string_view given = mount_.mode  ? "mode"
                                      : mount_.uid ? "uid"
                                      : mount_.gid ? "gid"
                                                   : "";
      if (!given.empty()) {
        return Invalid(given, " not allowed for ", GoQuote(type),
                       " type mounts");
      }
    }
    mount_.read_only = read_only_.value_or(type != "cache" && type != "tmpfs");
    if (type == "secret") {
      ABSL_RETURN_IF_ERROR(CheckSecret());
    }
    if (!mount_.sharing.empty() && type != "cache") {
      return Invalid("invalid cache sharing set for ", type, " mount");
    }
    if (type == "ssh" && !mount_.source.empty()) {
      return Invalid("ssh does not support source");
    }
    return std::move(mount_);
  }

 private:
  absl::Status AddBare(const Field& field) {
    if (field.key == "readonly" || field.key == "ro") {
      read_only_ = true;
    } else if (field.key == "readwrite" || field.key == "rw") {
      read_only_ = false;
    } else if (field.key == "required") {
      ABSL_RETURN_IF_ERROR(CheckRequiredAllowed());
      mount_.required = true;
    } else {
      return Invalid("invalid field '", field.text,
                     "' must be a key=value pair");
    }
    return absl::OkStatus();
  }

  absl::Status AddValue(const Field& field, const std::string& value) {
    const std::string& key = field.key;
    if (key == "type") {
      ABSL_ASSIGN_OR_RETURN(mount_.type,
                            OneOf(absl::AsciiStrToLower(value),
                                  {"bind", "cache", "secret", "ssh", "tmpfs"},
                                  "unsupported mount type"));
    } else if (key == "source" || key == "src") {
      mount_.source = value;
    } else if (key == "target" || key == "dst" || key == "destination") {
      mount_.target = value;
    } else if (key == "readonly" || key == "ro") {
      ABSL_ASSIGN_OR_RETURN(read_only_, Bool(field, value));
    } else if (key == "readwrite" || key == "rw") {
      ABSL_ASSIGN_OR_RETURN(const bool read_write, Bool(field, value));
      read_only_ = !read_write;
    } else if (key == "required") {
      ABSL_RETURN_IF_ERROR(CheckRequiredAllowed());
      ABSL_ASSIGN_OR_RETURN(mount_.required, Bool(field, value));
    } else if (key == "size") {
      return SetSize(field, value);
    } else if (key == "id") {
      mount_.id = value;
    } else if (key == "sharing") {
      ABSL_ASSIGN_OR_RETURN(
          mount_.sharing,
          OneOf(absl::AsciiStrToLower(value), {"locked", "private", "shared"},
                "unsupported sharing value"));
    } else if (key == "mode") {
      ABSL_ASSIGN_OR_RETURN(mount_.mode, Number(field, value, 8));
    } else if (key == "uid") {
      ABSL_ASSIGN_OR_RETURN(mount_.uid, Number(field, value, 10));
    } else if (key == "gid") {
      ABSL_ASSIGN_OR_RETURN(mount_.gid, Number(field, value, 10));
    } else if (key == "env") {
      mount_.env = value;
    } else {
      return UnexpectedKey(field);
    }
    return absl::OkStatus();
  }

  static absl::Status UnexpectedKey(const Field& field) {
    static const auto& known = *new std::vector<std::string>{
        "destination", "dst",    "env",      "from",      "gid",
        "id",          "mode",   "readonly", "readwrite", "required",
        "ro",          "rw",     "sharing",  "size",      "source",
        "src",         "target", "type",     "uid"};
    return Invalid("unexpected key '", field.key, "' in '", field.text, "'",
                   DidYouMean(field.key, known, /*case_sensitive=*/true));
  }

  absl::Status SetSize(const Field& field, const std::string& value) {
    if (mount_.type != "tmpfs") return NotForType(field.key);
    const absl::StatusOr<int64_t> size = ParseByteSize(value);
    if (!size.ok()) return Invalid("invalid value for size: ", value);
    mount_.size = *size;
    return absl::OkStatus();
  }

  absl::Status CheckRequiredAllowed() const {
    if (mount_.type == "secret" || mount_.type == "ssh") {
      return absl::OkStatus();
    }
    return NotForType("required");
  }

  absl::Status NotForType(absl::string_view key) const {
    return Invalid("unexpected key '", key, "' for mount type '", mount_.type,
                   "'");
  }

  absl::Status CheckSecret() const {
    if (!mount_.from.empty()) {
      return Invalid("secret mount should not have a from");
    }
    if (!mount_.sharing.empty()) {
      return Invalid("secret mount should not define sharing");
    }
    if (mount_.source.empty() && mount_.target.empty() && mount_.id.empty()) {
      return Invalid("invalid secret mount. one of source, target required");
    }
    if (!mount_.source.empty() && !mount_.id.empty()) {
      return Invalid("both source and id can't be set");
    }
    return absl::OkStatus();
  }

  Mount mount_;
  std::optional<bool> read_only_;  // as given
};

}  // namespace

absl::StatusOr<Mount> ParseMount(absl::string_view value,
                                 const WordExpander& expand) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Field> fields, FieldsOf(value));
  MountParser parser;
  for (const Field& field : fields) {
    ABSL_RETURN_IF_ERROR(parser.Add(field, expand));
  }
  return parser.Finish();
}

absl::StatusOr<std::string> MountFrom(absl::string_view value) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Field> fields, FieldsOf(value));
  std::string from;
  for (const Field& field : fields) {
    if (field.key != "from" || !field.value) continue;
    from = *field.value;
    const size_t dollar = from.find('$');
    if (dollar != std::string::npos && dollar != from.size() - 1) {
      return Invalid(
          "'from' doesn't support variable expansion, define alias stage "
          "instead");
    }
  }
  return from;
}

std::string SecretId(const Mount& mount) {
  if (!mount.id.empty()) return mount.id;
  if (!mount.source.empty()) return mount.source;
  return PathBase(mount.target);
}

absl::StatusOr<std::string> MountTarget(const Mount& mount,
                                        absl::string_view workdir, int index) {
  std::string target = mount.target;
  if (mount.type == "secret" && target.empty()) {
    if (mount.env) return "";
    target = absl::StrCat("/run/secrets/", PathBase(SecretId(mount)));
  }
  if (mount.type == "ssh" && target.empty()) {
    target = absl::StrCat("/run/buildkit/ssh_agent.", index);
  }
  if (!absl::StartsWith(target, "/")) {
    target = absl::StrCat(workdir, "/", target);
  }
  target = CleanPath(target);
  if (target == "/") return Invalid("invalid mount target \"/\"");
  return target;
}

}  // namespace rules_dockerfile
