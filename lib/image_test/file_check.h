#ifndef LIB_IMAGE_TEST_FILE_CHECK_H_
#define LIB_IMAGE_TEST_FILE_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/image_test/structure_config.h"
#include "lib/image_test/text_check.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The files of an image, without a container: a tree of layers and their tars.
struct ImageTree {
  const FileTree& tree;
  std::vector<absl::string_view> tars;
};

// Links are followed in the directories of a path, and where contents count in
// its last part, too.
Problems CheckFileExistence(const FileExistenceTest& test,
                            const ImageTree& image);
Problems CheckFileContent(const FileContentTest& test, const ImageTree& image);

// Whether a file names a licence that container-structure-test refuses: AGPL
// and WTFPL. `debian` means the copyright file of each package.
Problems CheckLicenses(const LicenseTest& test, const ImageTree& image);

// The mode as Go writes it, and with that the tests: "drwxr-xr-x",
// "urwxr-xr-x".
std::string FileModeText(const FileNode& node);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_FILE_CHECK_H_
