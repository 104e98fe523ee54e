#ifndef LIB_APT_DEB_FILE_H_
#define LIB_APT_DEB_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace rules_dockerfile {

// Writes the file `path` ("/usr/bin/x") of the Debian package `deb` to
// `file_out`, executable if it is so in the package. Errors name the package:
// NotFound `package "a_1_all.deb": expected a file "/usr/bin/x", got none`.
absl::Status ExtractDebFile(const std::string& deb, const std::string& path,
                            const std::string& file_out);

}  // namespace rules_dockerfile

#endif  // LIB_APT_DEB_FILE_H_
