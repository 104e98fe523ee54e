#include "lib/apt/package_testing.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

TestMember Member(TarEntryType type, std::string path, uint32_t mode) {
  TestMember member;
  member.entry.path = std::move(path);
  member.entry.type = type;
  member.entry.mode = mode;
  return member;
}

}  // namespace

TestMember TestFile(std::string path, std::string data) {
  TestMember member = Member(TarEntryType::kFile, std::move(path), 0644);
  member.entry.size = static_cast<int64_t>(data.size());
  member.data = std::move(data);
  return member;
}

TestMember TestDirectory(std::string path) {
  return Member(TarEntryType::kDirectory, std::move(path), 0755);
}

TestMember TestSymlink(std::string path, std::string target) {
  TestMember member = Member(TarEntryType::kSymlink, std::move(path), 0777);
  member.entry.link_target = std::move(target);
  return member;
}

TestMember TestHardLink(std::string path, std::string target) {
  TestMember member = Member(TarEntryType::kHardLink, std::move(path), 0644);
  member.entry.link_target = std::move(target);
  return member;
}

std::string TestTar(const std::vector<TestMember>& members) {
  StringSink sink;
  TarWriter writer(&sink);
  for (const TestMember& member : members) {
    ABSL_CHECK_OK(writer.Add(member.entry, member.data));
  }
  ABSL_CHECK_OK(writer.Finish());
  return sink.contents();
}

std::string TestAr(
    const std::vector<std::pair<std::string, std::string>>& members) {
  std::string archive = "!<arch>\n";
  for (const auto& [name, data] : members) {
    std::string header = name;
    header.resize(16, ' ');
    header += "0           0     0     100644  ";
    header += absl::StrCat(data.size());
    header.resize(58, ' ');
    absl::StrAppend(&archive, header, "`\n", data,
                    data.size() % 2 == 1 ? "\n" : "");
  }
  return archive;
}

std::string TestDeb(absl::string_view control,
                    const std::vector<TestMember>& control_files,
                    const std::vector<TestMember>& data) {
  std::vector<TestMember> control_members = control_files;
  control_members.push_back(TestFile("./control", std::string(control)));
  return TestAr({{"debian-binary", "2.0\n"},
                 {"control.tar", TestTar(control_members)},
                 {"data.tar", TestTar(data)}});
}

}  // namespace rules_dockerfile
