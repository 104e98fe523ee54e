#ifndef LIB_APT_PACKAGE_TESTING_H_
#define LIB_APT_PACKAGE_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// A member of a tar that a test writes, and its data.
struct TestMember {
  TarEntry entry;
  std::string data;
};

TestMember TestFile(std::string path, std::string data);
TestMember TestDirectory(std::string path);
TestMember TestSymlink(std::string path, std::string target);
TestMember TestHardLink(std::string path, std::string target);

// An uncompressed tar of the members.
std::string TestTar(const std::vector<TestMember>& members);

// An ar archive of (name, data) pairs.
std::string TestAr(
    const std::vector<std::pair<std::string, std::string>>& members);

// A .deb of a "control" file with this text, other control files, and data.
std::string TestDeb(absl::string_view control,
                    const std::vector<TestMember>& control_files,
                    const std::vector<TestMember>& data);

}  // namespace rules_dockerfile

#endif  // LIB_APT_PACKAGE_TESTING_H_
