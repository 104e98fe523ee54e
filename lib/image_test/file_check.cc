#include "lib/image_test/file_check.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/image_test/structure_config.h"
#include "lib/image_test/text_check.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kRefusedLicenses[] = {"AGPL", "WTFPL"};
constexpr char kDocuments[] = "/usr/share/doc";

// nullptr if it is not there.
const FileNode* Find(const FileTree& tree, const std::string& path,
                     bool follow) {
  const absl::StatusOr<std::string> found = tree.Resolve(path, follow);
  return found.ok() ? tree.Find(*found) : nullptr;
}

absl::StatusOr<absl::string_view> ReadContents(const ImageTree& image,
                                               const std::string& path) {
  const FileNode* node = Find(image.tree, path, /*follow=*/true);
  if (node == nullptr) {
    return absl::NotFoundError(absl::StrCat("\"", path, "\" does not exist"));
  }
  if (node->type != LayerEntryType::kFile) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not a file: ", FileModeText(*node)));
  }
  return DataInLayers(*node, image.tars);
}

bool IsExecutableBy(const FileNode& node, absl::string_view who) {
  if (who == "owner") return (node.mode & 0100) != 0;
  if (who == "group") return (node.mode & 0010) != 0;
  if (who == "other") return (node.mode & 0001) != 0;
  return (node.mode & 0111) != 0;
}

void CheckId(absl::string_view what, const std::optional<int64_t>& wanted,
             int64_t there, Problems& problems) {
  if (!wanted.has_value() || *wanted == there) return;
  problems.push_back(absl::StrCat(what, " ", there, ", expected ", *wanted));
}

void CheckLicense(const std::string& path, absl::string_view text,
                  Problems& problems) {
  for (const absl::string_view name : kRefusedLicenses) {
    if (text.find(name) == absl::string_view::npos) continue;
    problems.push_back(absl::StrCat("\"", path, "\" names the licence ", name));
  }
}

}  // namespace

std::string FileModeText(const FileNode& node) {
  // os.FileMode's String(): the kinds in this order, then the permissions.
  std::string text;
  const auto add = [&](bool is, char letter) {
    if (is) text.push_back(letter);
  };
  const bool character = node.type == LayerEntryType::kCharDevice;
  add(node.type == LayerEntryType::kDirectory, 'd');
  add(node.type == LayerEntryType::kSymlink, 'L');
  add(character || node.type == LayerEntryType::kBlockDevice, 'D');
  add(node.type == LayerEntryType::kFifo, 'p');
  add((node.mode & 04000) != 0, 'u');
  add((node.mode & 02000) != 0, 'g');
  add(character, 'c');
  add((node.mode & 01000) != 0, 't');
  if (text.empty()) text = "-";
  for (int bit = 8; bit >= 0; --bit) {
    text.push_back((node.mode >> bit & 1) != 0 ? "xwr"[bit % 3] : '-');
  }
  return text;
}

Problems CheckFileExistence(const FileExistenceTest& test,
                            const ImageTree& image) {
  const FileNode* node = Find(image.tree, test.path, /*follow=*/false);
  if (node == nullptr) {
    if (!test.should_exist) return {};
    return {absl::StrCat("\"", test.path, "\" does not exist")};
  }
  if (!test.should_exist) {
    return {absl::StrCat("\"", test.path, "\" must not exist")};
  }
  Problems problems;
  const std::string permissions = FileModeText(*node);
  if (!test.permissions.empty() && test.permissions != permissions) {
    problems.push_back(absl::StrCat("permissions ", permissions, ", expected ",
                                    test.permissions));
  }
  CheckId("uid", test.uid, node->uid, problems);
  CheckId("gid", test.gid, node->gid, problems);
  if (!test.executable_by.empty() &&
      !IsExecutableBy(*node, test.executable_by)) {
    problems.push_back(absl::StrCat("not executable by ", test.executable_by,
                                    ": ", permissions));
  }
  return problems;
}

Problems CheckFileContent(const FileContentTest& test, const ImageTree& image) {
  const absl::StatusOr<absl::string_view> text = ReadContents(image, test.path);
  if (!text.ok()) return {std::string(text.status().message())};
  return CheckText(absl::StrCat("\"", test.path, "\""), *text, test.expected,
                   test.excluded);
}

Problems CheckLicenses(const LicenseTest& test, const ImageTree& image) {
  Problems problems;
  if (test.debian) {
    const absl::StatusOr<std::string> documents =
        image.tree.Resolve(kDocuments, /*follow_last=*/true);
    const FileNode* node =
        documents.ok() ? image.tree.Find(*documents) : nullptr;
    if (node == nullptr) {
      problems.push_back(absl::StrCat("\"", kDocuments, "\" does not exist"));
    } else {
      for (const std::string& package : image.tree.Children(*documents)) {
        const std::string path =
            absl::StrCat(kDocuments, "/", package, "/copyright");
        const absl::StatusOr<absl::string_view> text =
            ReadContents(image, path);
        if (text.ok()) CheckLicense(path, *text, problems);
      }
    }
  }
  for (const std::string& path : test.files) {
    const absl::StatusOr<absl::string_view> text = ReadContents(image, path);
    if (text.ok()) {
      CheckLicense(path, *text, problems);
    } else {
      problems.emplace_back(text.status().message());
    }
  }
  return problems;
}

}  // namespace rules_dockerfile
