#include "lib/rootfs/rootfs_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {

TestDirectory::TestDirectory()
    : path_(absl::StrCat(testing::TempDir(), "/rootfs.XXXXXX")) {
  ABSL_CHECK(mkdtemp(path_.data()) != nullptr) << path_;
  fd_ = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ABSL_CHECK(fd_ >= 0) << path_;
}

TestDirectory::~TestDirectory() { close(fd_); }

TestLayer LayerOf(const TestTree& test_tree) {
  StringSink sink;
  const absl::StatusOr<LayerIndex> index =
      WriteChangeset(FileTree(), test_tree.tree, test_tree.reader(),
                     {.epoch = int64_t{1} << 40}, &sink);
  ABSL_CHECK_OK(index);
  TestLayer layer = {.tar = sink.contents()};
  ABSL_CHECK_OK(layer.tree.AddLayer(*index, 0));
  return layer;
}

SpecialOwners ExtractSpec(absl::string_view spec, const TestDirectory& into) {
  const TestLayer layer = LayerOf(ParseTreeSpec(spec));
  const absl::StatusOr<SpecialOwners> owners =
      ExtractTree(layer.tree, {layer.tar}, OwnerStore::kRecorded, into.fd());
  ABSL_CHECK_OK(owners);
  return *owners;
}

std::string ComparableDump(const FileTree& tree) {
  FileTree plain;
  for (auto [path, node] : tree.nodes()) {
    node.inode = -1;
    if (!path.empty()) ABSL_CHECK_OK(plain.Put(path, std::move(node)));
  }
  const std::string dump = DumpFileTree(plain);
  return dump.substr(dump.find('\n') + 1);
}

std::string WhyNoChown() {
  const TestDirectory directory;
  if (fchown(directory.fd(), 1, 2) == 0) return "";
  return absl::StrCat("cannot chown to 1:2 here: ", std::strerror(errno));
}

}  // namespace rules_dockerfile
